/**
 * Bars in a row: none overlap, and they are in order. However many there are, what is drawn of them
 * is found by binary search, at most a few for each pixel.
 */

export interface Bars {
  readonly begins: Float64Array
  readonly ends: Float64Array
}

/** The part of an axis that is shown, and its width in pixels. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly width: number
}

/** Narrower bars are drawn together with their neighbours. */
const NARROW = 1.5

/** Index in the row of the first bar, from `start` on, that ends after `position`. */
export function firstEndingAfter(
  { ends }: Bars,
  row: Int32Array,
  position: number,
  start = 0,
): number {
  // Search in growing steps from `start`: mostly it is one of the next.
  let step = 1
  let low = start
  while (low + step < row.length && ends[row[low + step]] <= position) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, row.length)
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[row[middle]] > position) high = middle
    else low = middle + 1
  }
  return low
}

/** The bar at a position, or the nearest one within `tolerance`; -1 for none. */
export function barAt(bars: Bars, row: Int32Array, position: number, tolerance: number): number {
  const { begins, ends } = bars
  let nearest = -1
  let distance = tolerance
  for (let i = firstEndingAfter(bars, row, position - tolerance); i < row.length; i++) {
    const bar = row[i]
    if (begins[bar] > position + tolerance) break
    if (begins[bar] <= position && ends[bar] > position) return bar
    const away = Math.max(begins[bar] - position, position - ends[bar])
    if (away > distance) continue
    nearest = bar
    distance = away
  }
  return nearest
}

/**
 * Calls `wide` for each bar in the range that has room for itself, and `dense` for each run of
 * those that have none and are alike, with the pixels that they take.
 */
export function visitBars(
  bars: Bars,
  row: Int32Array,
  { from, to, width }: Range,
  wide: (bar: number, left: number, right: number) => void,
  dense: (bar: number, left: number, right: number) => void,
  areAlike: (bar: number, other: number) => boolean,
): void {
  const { begins, ends } = bars
  const scale = width / (to - from)
  // A bar that ends where the range begins may have no length.
  let i = firstEndingAfter(bars, row, from - 1 / scale)
  while (i < row.length) {
    const bar = row[i]
    if (begins[bar] >= to) return
    const left = (begins[bar] - from) * scale
    let right = (ends[bar] - from) * scale
    if (right - left >= NARROW) {
      wide(bar, left, right)
      i++
      continue
    }
    right = Math.max(right, left + 1)
    for (;;) {
      i = firstEndingAfter(bars, row, from + right / scale, i + 1)
      if (i >= row.length) break
      const next = row[i]
      const nextLeft = (begins[next] - from) * scale
      const nextRight = (ends[next] - from) * scale
      if (nextLeft > right + 0.5 || nextRight - nextLeft >= NARROW) break
      if (!areAlike(bar, next)) break
      right = Math.max(nextRight, right + 1)
    }
    dense(bar, left, right)
  }
}
