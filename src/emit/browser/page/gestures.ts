import type { Viewport } from './viewport.js'

/** A canvas that shows a part of an axis, and its reactions to the pointer. */
export interface Surface {
  readonly canvas: HTMLCanvasElement
  viewport(): Viewport
  /** The element that scrolls the canvas up and down. */
  readonly scroller: HTMLElement
  /** `undefined` where the pointer has left. */
  hover(point: Point | undefined): void
  click(point: Point): void
  doubleClick(point: Point): void
  /** A range of positions is being chosen, or has been. */
  choose?(from: number, to: number, isChosen: boolean, point: Point): void
}

/** In pixels of the canvas, and where the tooltip goes. */
export interface Point {
  readonly x: number
  readonly y: number
  readonly position: number
  readonly clientX: number
  readonly clientY: number
}

/** Wheel and drag; a drag with shift chooses a range. */
export function attachGestures(surface: Surface): void {
  const { canvas, scroller } = surface
  const pointOf = ({ offsetX: x, offsetY: y, clientX, clientY }: MouseEvent): Point => {
    const { from, to } = surface.viewport()
    return { x, y, position: from + (x / canvas.clientWidth) * (to - from), clientX, clientY }
  }

  const choose = (begin: number, event: PointerEvent, isChosen: boolean) => {
    const point = pointOf(event)
    const [from, to] = [begin, point.position].sort((a, b) => a - b)
    surface.choose?.(from, to, isChosen, point)
  }

  canvas.addEventListener(
    'wheel',
    event => {
      const viewport = surface.viewport()
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1
      const isZoom = event.ctrlKey || event.metaKey
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
      const canScroll = scroller.scrollHeight > scroller.clientHeight + 1
      if (isZoom || (!canScroll && !event.shiftKey && sideways === 0)) {
        const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY * pixels)) * 0.006)
        viewport.zoom(factor, pointOf(event).position)
      } else if (sideways !== 0) {
        viewport.panNow(((sideways * pixels) / canvas.clientWidth) * (viewport.to - viewport.from))
      } else {
        return
      }
      event.preventDefault()
    },
    { passive: false },
  )

  let drag: { x: number; y: number; choosesFrom?: number; hasMoved: boolean } | undefined

  canvas.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    drag = { x: event.clientX, y: event.clientY, hasMoved: false }
    if (event.shiftKey && surface.choose) drag.choosesFrom = pointOf(event).position
  })
  canvas.addEventListener('pointermove', event => {
    if (!drag) {
      surface.hover(pointOf(event))
      return
    }
    const byX = event.clientX - drag.x
    const byY = event.clientY - drag.y
    if (!drag.hasMoved && Math.hypot(byX, byY) < 4) return
    drag.hasMoved = true
    surface.hover(undefined)
    if (drag.choosesFrom !== undefined) {
      choose(drag.choosesFrom, event, false)
      return
    }
    canvas.classList.add('dragged')
    const viewport = surface.viewport()
    viewport.panNow((-byX / canvas.clientWidth) * (viewport.to - viewport.from))
    scroller.scrollTop -= byY
    drag.x = event.clientX
    drag.y = event.clientY
  })
  const release = (event: PointerEvent) => {
    canvas.classList.remove('dragged')
    const ended = drag
    drag = undefined
    if (!ended) return
    if (!ended.hasMoved) {
      if (event.type === 'pointerup') surface.click(pointOf(event))
      return
    }
    if (ended.choosesFrom !== undefined) choose(ended.choosesFrom, event, true)
  }
  canvas.addEventListener('pointerup', release)
  canvas.addEventListener('pointercancel', release)
  canvas.addEventListener('pointerleave', () => surface.hover(undefined))
  canvas.addEventListener('dblclick', event => surface.doubleClick(pointOf(event)))
}

/** W, A, S, D and 0; zooms around the pointer if it is on the canvas. False for other keys. */
export function moveByKey(
  viewport: Viewport,
  { key, shiftKey }: KeyboardEvent,
  pointer?: number,
): boolean {
  const around = pointer ?? (viewport.from + viewport.to) / 2
  const step = shiftKey ? 0.5 : 0.15
  switch (key.toLowerCase()) {
    case 'w':
    case '+':
    case '=':
      viewport.zoom(0.7, around)
      return true
    case 's':
    case '-':
      viewport.zoom(1 / 0.7, around)
      return true
    case 'a':
      viewport.pan(-step)
      return true
    case 'd':
      viewport.pan(step)
      return true
    case '0':
      viewport.showAll()
      return true
    default:
      return false
  }
}
