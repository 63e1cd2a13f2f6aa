import { countText } from '../units.js'
import type { Range } from './bars.js'
import type { Steps } from './data.js'
import type { Theme } from './theme.js'

/** Height of a counter in pixels. */
export const COUNTER = 36
const LABEL = 12

/** A bar from 0 to each value, until it changes. */
export function paintSteps(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { from, to, width }: Range,
  { positions, values, least, most }: Steps,
  y: number,
): void {
  const heightOf = (value: number) => ((value - least) / (most - least || 1)) * (COUNTER - LABEL)
  const scale = width / (to - from)
  const bottom = y + COUNTER
  const zero = bottom - heightOf(0)
  context.fillStyle = theme.accent
  for (let i = Math.max(stepAt(positions, from), 0); i < positions.length; ) {
    if (positions[i] > to) break
    const left = Math.max((positions[i] - from) * scale, 0)
    // Values within one pixel are one bar, of the largest value.
    let value = values[i]
    let next = i + 1
    while (next < positions.length && (positions[next] - from) * scale < left + 1) {
      if (Math.abs(values[next]) > Math.abs(value)) value = values[next]
      next++
    }
    const right =
      next < positions.length ? Math.min((positions[next] - from) * scale, width) : width
    const top = bottom - heightOf(value)
    context.globalAlpha = 0.3
    context.fillRect(left, Math.min(top, zero), right - left, Math.abs(zero - top))
    context.globalAlpha = 1
    context.fillRect(left, top - 1, right - left, 1.5)
    i = next
  }
  context.fillStyle = theme.muted
  context.font = theme.smallFont
  context.textBaseline = 'middle'
  context.fillText(countText(most), 4, y + LABEL / 2 - 2)
}

/** Undefined before the first step. */
export function valueAt({ positions, values }: Steps, position: number): number | undefined {
  return values[stepAt(positions, position)]
}

/** The last step that is not later; -1 for none. */
function stepAt(positions: readonly number[], position: number): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (positions[middle] > position) high = middle
    else low = middle + 1
  }
  return low - 1
}
