/** The marks of the timeline: incomplete calls, instants, losses, and what the user has marked. */
import { timeText } from '../units.js'
import type { App } from './app.js'
import { firstEndingAfter, type Range } from './bars.js'
import { paintHatch, ROW } from './paint.js'
import type { Theme } from './theme.js'

/** Over calls without an exit, at the begin of those without an entry, and below those that returned an error. */
export function paintHatches(
  context: CanvasRenderingContext2D,
  { theme, failures, trace: { spans, lates } }: App,
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
    if (failures.has(span)) {
      context.fillStyle = theme.loss
      context.fillRect(left, y + ROW - 4, right - left, 3)
    }
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

/** Losses and marks as dashed lines through all rows. */
export function paintLines(
  context: CanvasRenderingContext2D,
  height: number,
  { theme, trace: { losses }, marks }: App,
  range: Range,
): void {
  const paint = (positions: readonly number[], color: string) => {
    context.fillStyle = color
    for (const x of pixelsOf(positions, range)) {
      for (let y = 0; y < height; y += 6) context.fillRect(x, y, 1, 3)
    }
  }
  context.globalAlpha = 0.6
  paint(
    losses.map(({ at }) => at),
    theme.loss,
  )
  context.globalAlpha = 1
  paint(marks, theme.accent)
}

/** The same on the ruler: losses as blocks, marks as flags with their numbers. */
export function paintFlags(
  context: CanvasRenderingContext2D,
  height: number,
  { theme, trace: { losses }, marks }: App,
  range: Range,
): void {
  context.fillStyle = theme.loss
  for (const x of pixelsOf(
    losses.map(({ at }) => at),
    range,
  )) {
    context.fillRect(x - 2, height - 9, 5, 9)
  }
  context.font = theme.smallFont
  context.textBaseline = 'middle'
  marks.forEach((at, index) => {
    for (const x of pixelsOf([at], range)) {
      context.fillStyle = theme.accent
      context.fillRect(x, 0, 1, height)
      context.fillRect(x, 1, 14, 12)
      context.fillStyle = theme.ground
      context.fillText(String(index + 1), x + 4, 7.5)
    }
  })
}

/** A chosen range in the rows from `top` to `bottom`, with its length. */
export function paintChosen(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { from, to, width }: Range,
  chosen: { readonly from: number; readonly to: number },
  top: number,
  bottom: number,
): void {
  const scale = width / (to - from)
  const left = Math.max((chosen.from - from) * scale, -2)
  const right = Math.min((chosen.to - from) * scale, width + 2)
  if (right < 0 || left > width) return
  context.fillStyle = theme.accent
  context.globalAlpha = 0.14
  context.fillRect(left, top, right - left, bottom - top)
  context.globalAlpha = 1
  context.fillRect(left, top, 1, bottom - top)
  context.fillRect(right - 1, top, 1, bottom - top)
  const label = timeText(Math.round(chosen.to - chosen.from))
  context.font = theme.smallFont
  context.textBaseline = 'middle'
  const room = context.measureText(label).width + 10
  const x = Math.min(Math.max((left + right - room) / 2, 0), width - room)
  context.fillRect(x, top + 2, room, 16)
  context.fillStyle = theme.ground
  context.fillText(label, x + 5, top + 10.5)
}

/** Each pixel once. */
function pixelsOf(positions: readonly number[], { from, to, width }: Range): Set<number> {
  const pixels = positions.map(at => Math.round(((at - from) / (to - from)) * width))
  return new Set(pixels.filter(x => x >= 0 && x <= width))
}
