import { bothTexts } from '../units.js'
import type { App } from './app.js'
import type { Range } from './bars.js'
import { element, sized } from './dom.js'
import { paintFlags } from './marks.js'
import { baseText, paintRuler, type Ticks, ticksOf } from './ruler.js'
import { lossLines } from './timeline-texts.js'
import type { Viewport } from './viewport.js'

/** How far from a mark the pointer still hits it. */
const TOLERANCE = 6

/** Takes a range that is being chosen, or has been. */
type Choose = (from: number, to: number, isChosen: boolean, event: PointerEvent) => void

/** The ruler above the rows: shows times, losses and the marks of the user, and takes ranges. */
export class TimelineRuler {
  readonly corner = element('div', { className: 'corner' })
  readonly canvas = element('canvas', { className: 'ruler' })
  readonly #app: App
  readonly #viewport: Viewport
  readonly #choose: Choose
  #drag: { readonly x: number; readonly from: number } | undefined

  constructor(app: App, viewport: Viewport, choose: Choose) {
    this.#app = app
    this.#viewport = viewport
    this.#choose = choose
    this.canvas.title = 'Drag to choose a range'
    this.canvas.addEventListener('pointerdown', event => {
      if (event.button !== 0) return
      this.canvas.setPointerCapture(event.pointerId)
      this.#drag = { x: event.offsetX, from: this.#positionAt(event) }
    })
    this.canvas.addEventListener('pointermove', event => this.#move(event))
    this.canvas.addEventListener('pointerup', event => this.#release(event))
    this.canvas.addEventListener('pointerleave', () => app.showTooltip(undefined, []))
  }

  /** Returns the ticks, which go on through the rows. */
  draw(range: Range): Ticks {
    const { context, height } = sized(this.canvas)
    const ticks = ticksOf(range)
    this.corner.textContent = baseText(ticks.base)
    paintRuler(context, this.#app.theme, range, height, ticks)
    paintFlags(context, height, this.#app, range)
    return ticks
  }

  #move(event: PointerEvent): void {
    if (this.#drag && Math.abs(event.offsetX - this.#drag.x) >= 3) {
      this.#chosen(this.#drag.from, event, false)
      return
    }
    const { losses } = this.#app.trace
    const near = losses.filter(({ at }) => this.#isNear(at, event))
    const mark = this.#markAt(event)
    const marked = mark === undefined ? [] : [`mark at ${bothTexts(mark)}`]
    this.#app.showTooltip(event, [...marked, ...lossLines(near)])
  }

  #release(event: PointerEvent): void {
    const drag = this.#drag
    this.#drag = undefined
    if (!drag) return
    if (Math.abs(event.offsetX - drag.x) >= 3) this.#chosen(drag.from, event, true)
    else {
      const at = this.#markAt(event)
      this.#app.select(at === undefined ? undefined : { kind: 'mark', at })
    }
  }

  #chosen(begin: number, event: PointerEvent, isChosen: boolean): void {
    const [from, to] = [begin, this.#positionAt(event)].sort((a, b) => a - b)
    this.#choose(from, to, isChosen, event)
  }

  #markAt(event: PointerEvent): number | undefined {
    return this.#app.marks.find(at => this.#isNear(at, event))
  }

  #isNear(at: number, { offsetX }: PointerEvent): boolean {
    const { from, to } = this.#viewport
    return Math.abs(((at - from) / (to - from)) * this.canvas.clientWidth - offsetX) < TOLERANCE
  }

  #positionAt({ offsetX }: PointerEvent): number {
    const { from, to } = this.#viewport
    return from + (offsetX / this.canvas.clientWidth) * (to - from)
  }
}
