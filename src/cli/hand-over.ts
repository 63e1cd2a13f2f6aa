/** What a page hands over: a file beside it, to a site that takes traces by messages. */
export interface HandOver {
  /** Such as `https://ui.perfetto.dev`. */
  readonly site: string
  readonly file: string
  readonly title: string
}

const POLICY =
  "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"

/**
 * A page that opens Perfetto in another window, and hands a trace over to it: it sends PING until PONG comes
 * back, then the trace. Browsers open windows only after a click, so the page has a button, too.
 */
export function handOverPage(handOver: HandOver): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>fgraph</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 3em auto; max-width: 40em; padding: 0 1em }</style>
<p id="status">Reading the trace…</p>
<button id="open" disabled>Open the trace in Perfetto</button>
<script>
'use strict'
const { site, file, title } = ${inScript(handOver)}
const status = document.getElementById('status')
const button = document.getElementById('open')
const trace = fetch(file).then(response => response.arrayBuffer())
trace.then(ready, error => { status.textContent = 'The trace cannot be read: ' + error })

function ready() {
  button.disabled = false
  button.onclick = handOver
  handOver()
}

function handOver() {
  const viewer = open(site)
  if (!viewer) {
    status.textContent = 'The browser wants a click before it opens a window.'
    return
  }
  status.textContent = 'Waiting for Perfetto…'
  const pings = setInterval(() => viewer.postMessage('PING', site), 50)
  addEventListener('message', async function answer({ source, origin, data }) {
    if (source !== viewer || origin !== site || data !== 'PONG') return
    removeEventListener('message', answer)
    clearInterval(pings)
    const buffer = await trace
    viewer.postMessage({ perfetto: { buffer, title, fileName: file } }, site)
    status.textContent = 'Perfetto has the trace. You can close this page.'
  })
}
</script>
</html>
`
}

/** A value as a literal that no markup can end. */
function inScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
