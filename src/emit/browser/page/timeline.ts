import { type App, groupOf, type Selection, spanName, spanShade, type View } from './app.js'
import { barAt, type Range } from './bars.js'
import { paintSteps } from './counters.js'
import { button, element, oncePerFrame, sized } from './dom.js'
import { attachGestures, moveByKey, type Point } from './gestures.js'
import { extent, type GroupPlace, groupPlaces, INSTANTS } from './group-places.js'
import { paintHatches, paintInstants, paintLosses } from './marks.js'
import { Overview } from './overview.js'
import { type Look, paintFrame, paintRow, ROW } from './paint.js'
import { baseText, paintGrid, paintRuler, type Ticks, ticksOf } from './ruler.js'
import { contentText, counterLines, lossLines, selectionLines } from './timeline-texts.js'
import { Viewport } from './viewport.js'

/** How far from a bar the pointer still hits it. */
const TOLERANCE = 3
/** Nanoseconds. */
const SHORTEST = 20

/** A group of rows for each track, bars below the bars that they are nested in. */
export class Timeline implements View {
  readonly element: HTMLElement
  readonly viewport: Viewport
  readonly #app: App
  readonly #overview: Overview
  readonly #corner = element('div', { className: 'corner' })
  readonly #ruler = element('canvas', { className: 'ruler' })
  readonly #canvas = element('canvas', { className: 'bars' })
  readonly #heads = element('div', { className: 'heads' })
  readonly #scroller: HTMLElement
  readonly #folded = new Set<number>()
  #places: GroupPlace[] = []
  #ticks: Ticks = { base: 0, positions: [], labels: [] }
  #mark: readonly [number, number] | undefined
  /** The search whose matches are marked. */
  #marked: App['matches']
  /** Where the keys zoom: the pointer, or the middle. */
  #pointer: number | undefined
  readonly refresh = oncePerFrame(() => this.#draw())

  constructor(app: App) {
    this.#app = app
    const [first, last] = extent(app.trace, SHORTEST)
    const room = (last - first) * 0.01
    this.viewport = new Viewport(first - room, last + room, SHORTEST, () => {
      app.showTooltip(undefined, [])
      this.refresh()
      app.remember()
    })
    this.#overview = new Overview(app.trace, this.viewport, first - room, last + room)
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, [
      this.#heads,
      this.#canvas,
    ])
    this.#scroller.ariaLabel = 'Timeline'
    this.element = element('section', { className: 'view timeline' }, [
      element('div', { className: 'strip' }, [element('div'), this.#overview.canvas]),
      element('div', { className: 'strip' }, [this.#corner, this.#ruler]),
      this.#scroller,
    ])
    this.#scroller.addEventListener('scroll', this.refresh)
    this.#ruler.addEventListener('pointermove', event => this.#hoverLoss(event))
    this.#ruler.addEventListener('pointerleave', () => app.showTooltip(undefined, []))
    this.#placeGroups()
    attachGestures({
      canvas: this.#canvas,
      scroller: this.#scroller,
      viewport: () => this.viewport,
      hover: point => this.#hover(point),
      click: point => app.select(this.#selectionAt(point)),
      doubleClick: point => {
        const selection = this.#selectionAt(point)
        if (selection?.kind === 'span') this.#zoomTo(selection.span)
      },
      mark: range => {
        this.#mark = range
        this.refresh()
      },
    })
  }

  key(event: KeyboardEvent): boolean {
    const { viewport } = this
    const { selection } = this.#app
    if (moveByKey(viewport, event, this.#pointer)) return true
    if (event.key.toLowerCase() === 'r') {
      const from = Math.round(Math.max(viewport.from, 0))
      const to = Math.round(Math.min(viewport.to, this.#app.trace.facts.span))
      this.#app.select({ kind: 'range', from, to })
      return true
    }
    if (event.key.toLowerCase() !== 'f') return this.#walk(event.key)
    if (selection?.kind === 'span') this.#zoomTo(selection.span)
    return true
  }

  reveal(selection: Selection): void {
    if (selection.kind === 'span') this.#revealSpan(selection.span)
    if (selection.kind === 'instant') {
      const at = this.#app.trace.instants.begins[selection.instant]
      const { from, to } = this.viewport
      if (at < from || at > to) this.viewport.show(at - (to - from) / 2, at + (to - from) / 2)
    }
  }

  /** Scrolls to a group. */
  revealGroup(index: number): void {
    this.#scroller.scrollTop = this.#places[index].top
  }

  #placeGroups(): void {
    this.#marked = undefined
    const { places, height } = groupPlaces(this.#app.trace.groups, this.#folded)
    this.#places = places
    this.#heads.style.height = `${height}px`
    this.#heads.replaceChildren(...this.#places.map(place => this.#head(place)))
  }

  #head({ group, index, top, height }: GroupPlace): HTMLElement {
    const isOpen = !this.#folded.has(index)
    const canFold = group.rows.length > 1
    const toggle = button('', canFold ? `${isOpen ? 'Fold' : 'Unfold'} ${group.name}` : '', () => {
      if (isOpen) this.#folded.add(index)
      else this.#folded.delete(index)
      this.#placeGroups()
      this.refresh()
    })
    toggle.disabled = !canFold
    toggle.ariaExpanded = String(isOpen)
    toggle.append(
      element('span', { className: 'fold', textContent: canFold ? (isOpen ? '▾' : '▸') : '' }),
      element('span', { className: 'name', textContent: group.name, title: group.name }),
      element('span', { className: 'count', textContent: contentText(group) }),
    )
    const head = element('div', { className: `head ${group.kind}` }, [toggle])
    head.style.top = `${top}px`
    head.style.height = `${height}px`
    return head
  }

  /** Marks the names that match a search. */
  #markHeads(): void {
    const { matches } = this.#app
    if (this.#marked === matches) return
    this.#marked = matches
    const hits = new Set(matches?.groups)
    this.#places.forEach(({ index }, at) => {
      this.#heads.children[at].classList.toggle('hit', hits.has(index))
    })
  }

  #draw(): void {
    const { theme } = this.#app
    this.#markHeads()
    this.#overview.draw(theme)
    // The canvas covers only the visible part.
    this.#canvas.style.height = `${this.#scroller.clientHeight}px`
    const { context, width, height } = sized(this.#canvas)
    if (width === 0) return
    const { from, to } = this.viewport
    const range = { from, to, width }
    this.#ticks = ticksOf(range)
    this.#corner.textContent = baseText(this.#ticks.base)
    const ruler = sized(this.#ruler)
    paintRuler(ruler.context, theme, range, ruler.height, this.#ticks)
    paintGrid(context, theme, range, height, this.#ticks)
    const { scrollTop } = this.#scroller
    for (const place of this.#places) {
      const y = place.top - scrollTop
      if (y > height || y + place.height < 0) continue
      this.#drawGroup(context, range, place, scrollTop)
      context.fillStyle = theme.line
      context.fillRect(0, y + place.height - 1, width, 1)
    }
    this.#drawSelection(context, range, scrollTop)
    paintLosses(context, height, ruler.context, ruler.height, this.#app, range)
    if (this.#mark) {
      const [begin, end] = this.#mark
      context.fillStyle = theme.accent
      context.globalAlpha = 0.2
      context.fillRect(begin, 0, end - begin, height)
      context.globalAlpha = 1
    }
  }

  #drawGroup(
    context: CanvasRenderingContext2D,
    range: Range,
    { group, index, barsTop, rows }: GroupPlace,
    scrollTop: number,
  ): void {
    const { trace, theme, matches } = this.#app
    const look: Look = {
      shade: span => spanShade(this.#app, group, span),
      name: span => spanName(this.#app, group, span),
      isHit: false,
      opacity: () => (matches ? 0.35 : 1),
    }
    const hit: Look = { ...look, isHit: true, opacity: () => 1 }
    rows.forEach((row, depth) => {
      const y = barsTop + depth * ROW - scrollTop
      paintRow(context, theme, range, trace.spans, row, y, look)
      if (matches) paintRow(context, theme, range, trace.spans, matches.rows[index][depth], y, hit)
      paintHatches(context, this.#app, range, row, y)
    })
    if (group.steps) paintSteps(context, theme, range, group.steps, barsTop - scrollTop)
    if (group.instants.length > 0) {
      paintInstants(context, this.#app, range, group.instants, barsTop - INSTANTS - scrollTop)
    }
  }

  #drawSelection(context: CanvasRenderingContext2D, range: Range, scrollTop: number): void {
    const { selection, trace, theme } = this.#app
    if (selection?.kind === 'instant') {
      const at = trace.instants.begins[selection.instant]
      const { barsTop } = this.#places[trace.instants.groups[selection.instant]]
      paintFrame(context, theme, range, barsTop - INSTANTS - scrollTop - 3, at, at)
    }
    if (selection?.kind !== 'span') return
    const { span } = selection
    const { barsTop, rows } = this.#places[groupOf(trace, span)]
    const depth = trace.spans.depths[span]
    if (depth >= rows.length) return
    const y = barsTop + depth * ROW - scrollTop
    paintFrame(context, theme, range, y, trace.spans.begins[span], trace.spans.ends[span])
  }

  #placeAt(y: number): GroupPlace | undefined {
    const at = y + this.#scroller.scrollTop
    return this.#places.find(({ top, height }) => at >= top && at < top + height)
  }

  #selectionAt({ y, position }: Point): Selection | undefined {
    const place = this.#placeAt(y)
    if (!place) return undefined
    const { trace } = this.#app
    const { from, to } = this.viewport
    const tolerance = ((to - from) / this.#canvas.clientWidth) * TOLERANCE
    const above = y + this.#scroller.scrollTop - place.barsTop
    if (above < 0) {
      const instant = barAt(trace.instants, place.group.instants, position, tolerance * 2)
      return instant < 0 ? undefined : { kind: 'instant', instant }
    }
    const row = place.rows[Math.floor(above / ROW)]
    const span = row ? barAt(trace.spans, row, position, tolerance) : -1
    return span < 0 ? undefined : { kind: 'span', span }
  }

  #hover(point: Point | undefined): void {
    this.#pointer = point?.position
    const selection = point && this.#selectionAt(point)
    this.#canvas.classList.toggle('over', selection !== undefined)
    const group = point && this.#placeAt(point.y)?.group
    const lines = selection
      ? selectionLines(this.#app, selection)
      : counterLines(group, point?.position)
    this.#app.showTooltip(point, lines)
  }

  #hoverLoss(event: PointerEvent): void {
    const { from, to } = this.viewport
    const scale = this.#ruler.clientWidth / (to - from)
    const near = this.#app.trace.losses.filter(
      ({ at }) => Math.abs((at - from) * scale - event.offsetX) < 5,
    )
    this.#app.showTooltip(event, lossLines(near))
  }

  #zoomTo(span: number): void {
    const { begins, ends } = this.#app.trace.spans
    this.viewport.showAround(begins[span], ends[span])
  }

  #revealSpan(span: number): void {
    const { trace } = this.#app
    const group = groupOf(trace, span)
    const { depths, begins, ends } = trace.spans
    if (depths[span] > 0 && this.#folded.delete(group)) this.#placeGroups()
    const top = this.#places[group].barsTop + depths[span] * ROW
    const { scrollTop, clientHeight } = this.#scroller
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) {
      this.#scroller.scrollTop = top - clientHeight / 3
    }
    const { from, to } = this.viewport
    const [begin, end] = [begins[span], ends[span]]
    const pixels = ((end - begin) / (to - from)) * this.#canvas.clientWidth
    const isSeen = begin < to && end > from
    if (isSeen && (pixels >= 8 || end - begin < SHORTEST)) return
    const room = Math.max((end - begin) * 2, SHORTEST)
    this.viewport.show(begin - room, end + room)
  }

  /** From the selected span to its neighbours, its caller, its first callee. */
  #walk(key: string): boolean {
    const { trace, selection } = this.#app
    if (!key.startsWith('Arrow') || selection?.kind !== 'span') return false
    const { span } = selection
    const { parents, depths } = trace.spans
    const row = trace.groups[groupOf(trace, span)].rows[depths[span]]
    const index = row.indexOf(span)
    const next = {
      ArrowUp: parents[span],
      ArrowDown: parents[span + 1] === span ? span + 1 : -1,
      ArrowLeft: row[index - 1],
      ArrowRight: row[index + 1],
    }[key]
    if (next !== undefined && next >= 0) {
      this.#app.select({ kind: 'span', span: next }, { in: 'timeline' })
    }
    return true
  }
}
