/** Keeps what is shown in the page's address. Some pages have no address to keep it in. */
export function keepInAddress(state: URLSearchParams): void {
  try {
    history.replaceState(null, '', `#${state}`)
  } catch {
    // There is nothing to do about it.
  }
}
