/** The marks of the timeline: incomplete calls, instants, losses. */
import type { App } from './app.js'
import { firstEndingAfter, type Range } from './bars.js'
import { paintHatch } from './paint.js'

/** Over calls without an exit, and at the begin of those without an entry. */
export function paintHatches(
  context: CanvasRenderingContext2D,
  { theme, trace: { spans, lates } }: App,
  range: Range,
  row: Int32Array,
  y: number,
): void {
  const { begins, ends, durations } = spans
  const scale = range.width / (range.to - range.from)
  // A bar of a pixel has no room for a mark; the others are not many.
  const least = 4 / scale
  for (let i = firstEndingAfter(spans, row, range.from); i < row.length; i++) {
    const span = row[i]
    if (begins[span] > range.to) return
    if (ends[span] - begins[span] < least) {
      i = firstEndingAfter(spans, row, begins[span] + least, i + 1) - 1
      continue
    }
    const left = Math.max((begins[span] - range.from) * scale, -6)
    const right = Math.min((ends[span] - range.from) * scale, range.width + 6)
    if (durations[span] < 0) paintHatch(context, theme, y, left, right)
    else if (lates.has(span)) paintHatch(context, theme, y, left, Math.min(left + 14, right))
  }
}

/** A diamond for each instant, or for all on the same pixel. */
export function paintInstants(
  context: CanvasRenderingContext2D,
  { theme, trace: { instants } }: App,
  range: Range,
  row: Int32Array,
  y: number,
): void {
  const scale = range.width / (range.to - range.from)
  context.fillStyle = theme.accent
  let i = firstEndingAfter(instants, row, range.from - 6 / scale)
  while (i < row.length && instants.begins[row[i]] < range.to + 6 / scale) {
    const at = instants.begins[row[i]]
    const x = (at - range.from) * scale
    context.beginPath()
    context.moveTo(x, y + 1)
    context.lineTo(x + 4, y + 5.5)
    context.lineTo(x, y + 10)
    context.lineTo(x - 4, y + 5.5)
    context.fill()
    i = firstEndingAfter(instants, row, at + 1 / scale, i + 1)
  }
}

/** Through all rows, and as a mark on the ruler. */
export function paintLosses(
  context: CanvasRenderingContext2D,
  height: number,
  ruler: CanvasRenderingContext2D,
  rulerHeight: number,
  { theme, trace: { losses } }: App,
  { from, to, width }: Range,
): void {
  context.fillStyle = theme.loss
  ruler.fillStyle = theme.loss
  context.globalAlpha = 0.6
  let last = -1
  for (const { at } of losses) {
    const x = Math.round(((at - from) / (to - from)) * width)
    if (x < 0 || x > width || x === last) continue
    last = x
    for (let y = 0; y < height; y += 6) context.fillRect(x, y, 1, 3)
    ruler.fillRect(x - 2, rulerHeight - 9, 5, 9)
  }
  context.globalAlpha = 1
}
