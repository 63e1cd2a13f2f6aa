import { timeUnit } from '../../../base/time-unit.js'
import type { Range } from './bars.js'
import type { Theme } from './theme.js'

/** Ticks and their labels: positions or, close up, distances from a base. */
export interface Ticks {
  readonly base: number
  readonly positions: readonly number[]
  readonly labels: readonly string[]
}

/** Pixels between ticks, at least. */
const SPACE = 96

export function ticksOf({ from, to, width }: Range): Ticks {
  const step = roundStep(((to - from) / width) * SPACE)
  // Labels of more than five digits would all begin with the same ones.
  const block = step * 1000
  const base = from < step * 1e5 ? 0 : Math.floor(from / block) * block
  const positions: number[] = []
  const first = Math.ceil(Math.max(from, 0) / step) * step
  for (let at = first; at < to; at += step) positions.push(at)
  const most = Math.max(...positions.map(at => at - base), step)
  const [unit, size] = timeUnit(most)
  const decimals = Math.max(0, Math.round(Math.log10(size) - Math.floor(Math.log10(step) + 1e-9)))
  const labels = positions.map(at => {
    const text = `${((at - base) / size).toFixed(decimals)} ${unit}`
    return base === 0 ? text : `+${text}`
  })
  return { base, positions, labels }
}

/** Rounds up to 1, 2 or 5 times a power of ten; the least is a nanosecond. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  const factor = [1, 2, 5, 10].find(times => times * power >= least) ?? 10
  return factor * power
}

/** `1.234567 s`, to the last digit that counts. */
export function baseText(base: number): string {
  return base === 0 ? '' : `${String(Number((base / 1e9).toFixed(9)))} s`
}

export function paintRuler(
  context: CanvasRenderingContext2D,
  theme: Theme,
  range: Range,
  height: number,
  { positions, labels }: Ticks,
): void {
  const scale = range.width / (range.to - range.from)
  context.font = theme.smallFont
  context.textBaseline = 'middle'
  context.fillStyle = theme.muted
  positions.forEach((at, index) => {
    const x = Math.round((at - range.from) * scale)
    context.fillRect(x, height - 6, 1, 6)
    const label = labels[index]
    // A cut label could be misread as another number.
    if (x + 4 + context.measureText(label).width > range.width) return
    context.fillText(label, x + 4, height / 2)
  })
}

/** Lines through all rows below the ticks. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  theme: Theme,
  range: Range,
  height: number,
  { positions }: Ticks,
): void {
  const scale = range.width / (range.to - range.from)
  context.fillStyle = theme.line
  context.globalAlpha = 0.6
  for (const at of positions) {
    context.fillRect(Math.round((at - range.from) * scale), 0, 1, height)
  }
  context.globalAlpha = 1
}
