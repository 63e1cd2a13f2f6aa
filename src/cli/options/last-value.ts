/** Of an option that was given several times the last one holds. */
export function lastValue<T>(value: T | T[]): T {
  return Array.isArray(value) ? (value.at(-1) as T) : value
}
