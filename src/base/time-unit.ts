/** A unit of time, and its length in nanoseconds. */
export type TimeUnit = readonly [name: 'ns' | 'µs' | 'ms' | 's', nanos: number]

/** The largest unit in which a time is 1 or more; nanoseconds below a microsecond. */
export function timeUnit(nanos: number): TimeUnit {
  if (nanos >= 1e9) return ['s', 1e9]
  if (nanos >= 1e6) return ['ms', 1e6]
  return nanos >= 1e3 ? ['µs', 1e3] : ['ns', 1]
}
