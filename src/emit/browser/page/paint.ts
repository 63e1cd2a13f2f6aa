import { drawnWidth, shortened } from '../boxes.js'
import { commonShadeOf } from '../palette.js'
import { type Bars, type Range, visitBars } from './bars.js'
import type { Theme } from './theme.js'

export const ROW = 18
const BAR = ROW - 1
const MARGIN = 4

/** How the bars of a row look. */
export interface Look {
  shade(bar: number): number
  name(bar: number): string
  /** In the colour of matches. */
  readonly isHit: boolean
  /** From 0 to 1. */
  opacity(bar: number): number
}

export function paintRow(
  context: CanvasRenderingContext2D,
  theme: Theme,
  range: Range,
  bars: Bars,
  row: Int32Array,
  y: number,
  look: Look,
): void {
  const { character } = theme
  context.font = theme.font
  context.textBaseline = 'middle'
  visitBars(
    bars,
    row,
    range,
    (bar, left, right) => {
      const from = Math.max(left, -2)
      const to = Math.min(right, range.width + 2)
      context.globalAlpha = look.opacity(bar)
      context.fillStyle = look.isHit ? theme.hit : theme.shades[look.shade(bar)]
      context.fillRect(from, y, drawnWidth(to - from), BAR)
      // The name of a bar that begins left of the window begins in the window.
      const at = Math.max(from, 0) + MARGIN
      const room = Math.floor((to - at - MARGIN / 2) / character)
      if (room < 3) return
      context.fillStyle = look.isHit ? theme.hitInk : theme.ink
      context.fillText(shortened(look.name(bar), room), at, y + BAR / 2 + 0.5)
    },
    (bar, left, right) => {
      context.globalAlpha = look.isHit ? 1 : look.opacity(bar) * 0.85
      context.fillStyle = look.isHit ? theme.hit : theme.commonShades[look.shade(bar)]
      context.fillRect(left, y, right - left, BAR)
    },
    (bar, other) =>
      look.isHit || commonShadeOf(look.shade(bar)) === commonShadeOf(look.shade(other)),
  )
  context.globalAlpha = 1
}

/** Over a bar that is not complete, or over a part of it. */
export function paintHatch(
  context: CanvasRenderingContext2D,
  theme: Theme,
  y: number,
  left: number,
  right: number,
): void {
  context.fillStyle = theme.hatch
  context.fillRect(left, y, drawnWidth(right - left), BAR)
}

export function paintFrame(
  context: CanvasRenderingContext2D,
  theme: Theme,
  range: Range,
  y: number,
  begin: number,
  end: number,
): void {
  const scale = range.width / (range.to - range.from)
  const left = Math.max((begin - range.from) * scale, -4)
  const right = Math.min((end - range.from) * scale, range.width + 4)
  if (right < 0 || left > range.width) return
  context.lineWidth = 2
  context.strokeStyle = theme.accent
  context.strokeRect(left - 1, y - 1, Math.max(right - left, 1) + 2, BAR + 2)
}
