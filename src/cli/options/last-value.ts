/** If an option is given several times, yargs hands over an array; the last value counts. */
export function lastValue<T>(value: T | T[]): T {
  return Array.isArray(value) ? (value.at(-1) as T) : value
}
