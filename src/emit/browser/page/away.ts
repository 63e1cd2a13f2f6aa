import { InterruptBegins } from '../../../timeline/interrupt-functions.js'
import { idles, OFF_CPU, sleeps } from '../../../timeline/sleep-functions.js'
import { type Range, visitBars } from './bars.js'
import type { Group, Trace } from './data.js'
import { ROW } from './paint.js'
import type { Theme } from './theme.js'

/** The outermost calls in which a track did not do its own work; none overlap. */
export interface Away {
  readonly asleep: Int32Array
  readonly interrupted: Int32Array
}

/** Finds them in a group of calls. */
export function awayIn(trace: Trace, { owner, first, last, kind }: Group): Away {
  const asleep: number[] = []
  const interrupted: number[] = []
  const track = kind === 'calls' && 'track' in owner ? owner.track : -1
  if (track >= 0 && !trace.tracks[track].isInterrupts) {
    const { functions, spans } = trace
    const interrupts = new InterruptBegins()
    interrupts.defineTrack(track, trace.tracks[track])
    const isAsleep = functions.map(func => func.name === OFF_CPU || idles(func) || sleeps(func))
    functions.forEach((func, id) => {
      interrupts.defineFunction(id, func)
    })
    let asleepTo = -1
    let interruptedTo = -1
    for (let span = first; span < last; span++) {
      const { begins, ends, names } = spans
      if (isAsleep[names[span]] && begins[span] >= asleepTo) {
        asleep.push(span)
        asleepTo = ends[span]
      } else if (interrupts.isAt(track, names[span]) && begins[span] >= interruptedTo) {
        interrupted.push(span)
        interruptedTo = ends[span]
      }
    }
  }
  return { asleep: Int32Array.from(asleep), interrupted: Int32Array.from(interrupted) }
}

/** Pales the callers of what is asleep, and tints those of interrupts; `rows` are the callers that are shown. */
export function paintAway(
  context: CanvasRenderingContext2D,
  theme: Theme,
  range: Range,
  { spans }: Trace,
  { asleep, interrupted }: Away,
  y: number,
  rows: number,
): void {
  const paint = (row: Int32Array, color: string, opacity: number) => {
    const fill = (span: number, left: number, right: number) => {
      const height = Math.min(spans.depths[span], rows) * ROW
      const from = Math.max(left, 0)
      context.fillRect(from, y, Math.min(right, range.width) - from, height)
    }
    context.globalAlpha = opacity
    context.fillStyle = color
    visitBars(spans, row, range, fill, fill, (a, b) => spans.depths[a] === spans.depths[b])
  }
  paint(asleep, theme.ground, 0.55)
  paint(interrupted, theme.loss, 0.22)
  context.globalAlpha = 1
}
