import { InterruptBegins } from '../../../timeline/interrupt-functions.js'
import { passesTime } from '../../../timeline/sleep-functions.js'
import { type Range, visitBars } from './bars.js'
import type { Group, Trace } from './data.js'
import { ROW } from './paint.js'
import type { Theme } from './theme.js'

/** The outermost calls in which a track did not do its own work; none overlap. */
export interface Away {
  readonly asleep: Int32Array
  readonly interrupted: Int32Array
}

/** Finds them, in each group when it is asked for. */
export class AwayCalls {
  readonly #trace: Trace
  readonly #interrupts = new InterruptBegins()
  /** By function. */
  readonly #passesTime: readonly boolean[]
  readonly #known = new Map<number, Away>()

  constructor(trace: Trace) {
    this.#trace = trace
    this.#passesTime = trace.functions.map(passesTime)
    trace.functions.forEach((func, id) => {
      this.#interrupts.defineFunction(id, func)
    })
    trace.tracks.forEach((track, id) => {
      this.#interrupts.defineTrack(id, track)
    })
  }

  in(group: number): Away {
    const known = this.#known.get(group)
    if (known) return known
    const away = this.#find(this.#trace.groups[group])
    this.#known.set(group, away)
    return away
  }

  #find({ owner, first, last, kind }: Group): Away {
    const { tracks, spans } = this.#trace
    const asleep: number[] = []
    const interrupted: number[] = []
    const track = kind === 'calls' && 'track' in owner ? owner.track : -1
    if (track >= 0 && !tracks[track].isInterrupts) {
      const { begins, ends, names } = spans
      let asleepTo = -1
      let interruptedTo = -1
      for (let span = first; span < last; span++) {
        const func = names[span]
        if (this.#passesTime[func] && begins[span] >= asleepTo) {
          asleep.push(span)
          asleepTo = ends[span]
        } else if (this.#interrupts.isAt(track, func) && begins[span] >= interruptedTo) {
          interrupted.push(span)
          interruptedTo = ends[span]
        }
      }
    }
    return { asleep: Int32Array.from(asleep), interrupted: Int32Array.from(interrupted) }
  }
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
