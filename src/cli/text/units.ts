/** Numbers for people. */

/** `1,234,567`. Not by `Intl`, which takes 30 ms to load. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 track`, `2 tracks`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A time with up to three decimals: `78.524 us`. */
export function duration(nanos: number): string {
  return scaled(nanos, 1000, ['ns', 'us', 'ms', 's'], 3)
}

/** A size in decimal units: `314.6 MB`. */
export function size(bytes: number): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'], 1)
}

function scaled(value: number, base: number, units: readonly string[], decimals: number): string {
  let unit = 0
  let scale = 1
  while (value / scale >= base && unit < units.length - 1) {
    scale *= base
    unit++
  }
  return `${(value / scale).toFixed(unit === 0 ? 0 : decimals)} ${units[unit]}`
}

/** `12.3%` for a share of 0.123. */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

/** A value of a metric: a time or a number of calls. */
export function valueText({ unit }: { readonly unit: 'calls' | 'ns' }, value: number): string {
  return unit === 'ns' ? duration(value) : count(value)
}

/** A time for a column in which units are aligned; or plain ns. */
export function timeText(nanos: number, ns: boolean): string {
  return ns ? count(Math.round(nanos)) : duration(nanos).replace(/ s$/, '  s')
}
