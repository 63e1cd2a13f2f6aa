import type { Trace } from './data.js'
import { sized } from './dom.js'
import type { Theme } from './theme.js'
import type { Viewport } from './viewport.js'

/** The whole trace in one strip: how many calls were open, and which part the timeline shows. */
export class Overview {
  readonly canvas = document.createElement('canvas')
  readonly #trace: Trace
  readonly #viewport: Viewport
  readonly #first: number
  readonly #last: number
  #busy: Float32Array = new Float32Array(0)

  constructor(trace: Trace, viewport: Viewport, first: number, last: number) {
    this.#trace = trace
    this.#viewport = viewport
    this.#first = first
    this.#last = last
    this.canvas.className = 'overview'
    this.canvas.title = 'The whole trace; drag to move what is shown below'
    const move = (event: PointerEvent) => this.#moveTo(event.offsetX)
    this.canvas.addEventListener('pointerdown', event => {
      this.canvas.setPointerCapture(event.pointerId)
      move(event)
    })
    this.canvas.addEventListener('pointermove', event => {
      if (event.buttons & 1) move(event)
    })
  }

  draw(theme: Theme): void {
    const { context, width, height } = sized(this.canvas)
    if (width === 0) return
    if (this.#busy.length !== width) this.#busy = this.#measure(width)
    context.fillStyle = theme.commonShades[0]
    this.#busy.forEach((share, x) => {
      if (share === 0) return
      const bar = Math.max(1, share * (height - 6))
      context.fillRect(x, height - 2 - bar, 1, bar)
    })
    const { from, to } = this.#viewport
    const left = this.#pixel(from, width)
    const right = Math.max(this.#pixel(to, width), left + 2)
    context.fillStyle = theme.ground
    context.globalAlpha = 0.65
    context.fillRect(0, 0, left, height)
    context.fillRect(right, 0, width - right, height)
    context.globalAlpha = 1
    if (this.#viewport.isWhole) return
    context.fillStyle = theme.accent
    context.fillRect(left - 1, 0, 2, height)
    context.fillRect(right - 1, 0, 2, height)
  }

  /** By pixel: how many calls were open on average, as a share of the most. */
  #measure(width: number): Float32Array {
    const { groups, spans } = this.#trace
    const busy = new Float32Array(width)
    const scale = width / (this.#last - this.#first)
    for (const { kind, first, last } of groups) {
      if (kind !== 'calls') continue
      for (let span = first; span < last; span++) {
        const left = (spans.begins[span] - this.#first) * scale
        const right = Math.min((spans.ends[span] - this.#first) * scale, width)
        for (let x = Math.floor(left); x < right; x++) {
          busy[x] += Math.min(right, x + 1) - Math.max(left, x)
        }
      }
    }
    const most = busy.reduce((a, b) => Math.max(a, b), 0)
    return most === 0 ? busy : busy.map(value => value / most)
  }

  #pixel(position: number, width: number): number {
    return ((position - this.#first) / (this.#last - this.#first)) * width
  }

  #moveTo(x: number): void {
    const { from, to } = this.#viewport
    const middle = this.#first + (x / this.canvas.clientWidth) * (this.#last - this.#first)
    this.#viewport.show(middle - (to - from) / 2, middle + (to - from) / 2)
  }
}
