import { timeText } from '../units.js'
import { type App, groupOf, type Selection, spanName, spanShade, type View } from './app.js'
import { AwayCalls, paintAway } from './away.js'
import { barAt, firstEndingAfter, type Range } from './bars.js'
import { paintSteps } from './counters.js'
import { element, oncePerFrame, sized } from './dom.js'
import { attachGestures, moveByKey, type Point } from './gestures.js'
import { extent, type GroupPlace, INSTANTS, type Places, placesOf } from './group-places.js'
import { Heads } from './heads.js'
import { paintChosen, paintHatches, paintInstants, paintLines } from './marks.js'
import { Overview } from './overview.js'
import { type Look, paintFrame, paintRow, ROW } from './paint.js'
import { RowList, type RowOrder, rowOrders } from './row-list.js'
import { paintGrid } from './ruler.js'
import { TimelineRuler } from './timeline-ruler.js'
import { counterLines, selectionLines } from './timeline-texts.js'
import { Viewport } from './viewport.js'
import { paintArrow, type WakeUp } from './wake-ups.js'

/** How far from a bar the pointer still hits it. */
const TOLERANCE = 3
/** Nanoseconds. */
const SHORTEST = 20
/** Where more wake-ups are in view, only those of the selection are drawn. */
const MOST_ARROWS = 60

/** A group of rows for each track, bars below the bars that they are nested in. */
export class Timeline implements View {
  readonly element: HTMLElement
  readonly viewport: Viewport
  readonly rows: RowList
  readonly #app: App
  readonly #overview: Overview
  readonly #ruler: TimelineRuler
  readonly #canvas = element('canvas', { className: 'bars' })
  readonly #heads: Heads
  readonly #scroller: HTMLElement
  readonly #filter = element('input', { type: 'search', placeholder: 'Rows', className: 'rows' })
  readonly #order = element('select', { className: 'order' })
  readonly #away: AwayCalls
  #places: Places
  /** While it is being chosen. */
  #choosing: { readonly from: number; readonly to: number } | undefined
  /** The search whose matches are marked. */
  #marked: App['matches']
  /** Where the keys zoom: the pointer, or the middle. */
  #pointer: number | undefined
  readonly refresh = oncePerFrame(() => this.#draw())

  constructor(app: App) {
    this.#app = app
    const shown = extent(app.trace, SHORTEST)
    const [first, last] = shown ?? [0, SHORTEST]
    const room = (last - first) * 0.01
    this.viewport = new Viewport(first - room, last + room, SHORTEST, () => {
      app.showTooltip(undefined, [])
      this.refresh()
      app.remember()
    })
    this.rows = new RowList(app.trace)
    this.#away = new AwayCalls(app.trace)
    this.#places = placesOf(app.trace.groups, this.rows)
    this.#overview = new Overview(app.trace, this.viewport, first - room, last + room)
    this.#ruler = new TimelineRuler(app, this.viewport, (from, to, isChosen, event) =>
      this.#choose(from, to, isChosen, event),
    )
    this.#heads = new Heads(this.rows, () => this.placeRows())
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, [
      this.#heads.element,
      this.#canvas,
    ])
    this.#scroller.ariaLabel = 'Timeline: arrows walk from call to call'
    this.#canvas.role = 'img'
    this.#canvas.ariaLabel = 'Calls over time'
    this.element = element('section', { className: 'view timeline' }, [
      element('div', { className: 'strip' }, [this.#rowControls(), this.#overview.canvas]),
      element('div', { className: 'strip' }, [this.#ruler.corner, this.#ruler.canvas]),
      this.#scroller,
    ])
    if (!shown) {
      const nothing = 'The trace has no calls and no events.'
      this.element.replaceChildren(element('p', { className: 'message', textContent: nothing }))
    }
    this.#scroller.addEventListener('scroll', this.refresh)
    this.placeRows()
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
      choose: (from, to, isChosen, point) => this.#choose(from, to, isChosen, point),
    })
  }

  key(event: KeyboardEvent): boolean {
    const { selection, trace } = this.#app
    if (moveByKey(this.viewport, event, this.#pointer)) return true
    switch (event.key.toLowerCase()) {
      case 'r': {
        const from = Math.round(Math.max(this.viewport.from, 0))
        const to = Math.round(Math.min(this.viewport.to, trace.facts.span))
        this.#app.select({ kind: 'range', from, to })
        return true
      }
      case 'm':
        this.#mark()
        return true
      case 'delete':
      case 'backspace':
        if (selection?.kind !== 'mark') return false
        this.#app.mark(this.#app.marks.filter(at => at !== selection.at))
        this.#app.select(undefined)
        return true
      case 'f':
        if (selection?.kind === 'span') this.#zoomTo(selection.span)
        if (selection?.kind === 'range') this.viewport.showAround(selection.from, selection.to)
        return true
      default:
        return this.#walk(event.key)
    }
  }

  reveal(selection: Selection): void {
    if (selection.kind === 'span') this.#revealSpan(selection.span)
    if (selection.kind === 'range') this.viewport.showAround(selection.from, selection.to)
    const at = this.#momentOf(selection)
    const { from, to } = this.viewport
    if (at === undefined || (at >= from && at <= to)) return
    this.viewport.show(at - (to - from) / 2, at + (to - from) / 2)
  }

  /** Scrolls to a group. */
  revealGroup(index: number): void {
    const { top, isPinned } = this.#placeOf(index)
    if (!isPinned) this.#scroller.scrollTop = top - this.#places.pinnedHeight
  }

  /** After a change of the list of rows. */
  placeRows(): void {
    this.#marked = undefined
    this.#places = placesOf(this.#app.trace.groups, this.rows)
    this.#heads.show(this.#places)
    this.#filter.value = this.rows.filter
    this.#order.value = this.rows.order
    this.refresh()
    this.#app.remember()
  }

  #rowControls(): HTMLElement {
    this.#filter.ariaLabel = 'Show only rows with this name'
    this.#filter.title = this.#filter.ariaLabel
    this.#filter.oninput = () => {
      this.rows.filter = this.#filter.value
      this.placeRows()
    }
    this.#order.ariaLabel = 'Order of rows'
    this.#order.title = this.#order.ariaLabel
    this.#order.append(
      ...Object.entries(rowOrders).map(([value, textContent]) =>
        element('option', { value, textContent }),
      ),
    )
    this.#order.onchange = () => {
      this.rows.order = this.#order.value as RowOrder
      this.placeRows()
    }
    return element('div', { className: 'row-controls' }, [this.#filter, this.#order])
  }

  /** Marks the selection, the pointer, or the middle. */
  #mark(): void {
    const { selection, marks, trace } = this.#app
    const { from, to } = this.viewport
    const moment = selection && this.#momentOf(selection)
    const begin = selection?.kind === 'span' ? trace.spans.begins[selection.span] : moment
    const at = Math.round(begin ?? this.#pointer ?? (from + to) / 2)
    this.#app.mark([...new Set([...marks, at])].sort((a, b) => a - b))
    this.#app.select({ kind: 'mark', at })
  }

  #momentOf(selection: Selection): number | undefined {
    if (selection.kind === 'instant') return this.#app.trace.instants.begins[selection.instant]
    return selection.kind === 'mark' ? selection.at : undefined
  }

  #choose(
    from: number,
    to: number,
    isChosen: boolean,
    pointer: { clientX: number; clientY: number },
  ): void {
    const range = { from: Math.max(Math.round(from), 0), to: Math.round(to) }
    this.#choosing = isChosen ? undefined : range
    this.#app.showTooltip(isChosen ? undefined : pointer, [timeText(range.to - range.from)])
    if (isChosen && range.to > range.from) this.#app.select({ kind: 'range', ...range })
    this.refresh()
  }

  #draw(): void {
    const { theme, matches } = this.#app
    if (this.#marked !== matches) {
      this.#marked = matches
      this.#heads.mark(new Set(matches?.groups))
    }
    this.#overview.draw(theme)
    // The canvas covers only the visible part.
    this.#canvas.style.height = `${this.#scroller.clientHeight}px`
    const { context, width, height } = sized(this.#canvas)
    if (width === 0) return
    const { from, to } = this.viewport
    const range = { from, to, width }
    const ticks = this.#ruler.draw(range)
    const { pinnedHeight, groups } = this.#places
    for (const isPinned of [false, true]) {
      context.save()
      context.beginPath()
      if (isPinned) context.rect(0, 0, width, pinnedHeight)
      else context.rect(0, pinnedHeight, width, height - pinnedHeight)
      context.clip()
      paintGrid(context, theme, range, height, ticks)
      for (const place of groups.values()) {
        if (place.isPinned === isPinned) this.#drawGroup(context, range, place, height)
      }
      this.#drawSelection(context, range, isPinned)
      context.restore()
    }
    if (pinnedHeight > 0) {
      context.fillStyle = theme.accent
      context.fillRect(0, pinnedHeight - 1, width, 1)
    }
    this.#drawWakeUps(context, range, height)
    paintLines(context, height, this.#app, range)
    this.#drawChosen(context, range, height)
  }

  #drawGroup(
    context: CanvasRenderingContext2D,
    range: Range,
    place: GroupPlace,
    height: number,
  ): void {
    const { trace, theme, matches } = this.#app
    const { group, index, rows } = place
    const top = this.#onCanvas(place, place.top)
    if (top > height || top + place.height < 0) return
    const barsTop = this.#onCanvas(place, place.barsTop)
    const look: Look = {
      shade: span => spanShade(this.#app, group, span),
      name: span => spanName(this.#app, group, span),
      isHit: false,
      opacity: () => (matches ? 0.35 : 1),
    }
    const hit: Look = { ...look, isHit: true, opacity: () => 1 }
    rows.forEach((row, depth) => {
      const y = barsTop + depth * ROW
      if (y > height || y + ROW < 0) return
      paintRow(context, theme, range, trace.spans, row, y, look)
      if (matches) paintRow(context, theme, range, trace.spans, matches.rows[index][depth], y, hit)
      paintHatches(context, this.#app, range, row, y)
    })
    paintAway(context, theme, range, trace, this.#away.in(index), barsTop, rows.length)
    if (group.steps) paintSteps(context, theme, range, group.steps, barsTop)
    if (group.instants.length > 0) {
      paintInstants(context, this.#app, range, group.instants, barsTop - INSTANTS)
    }
    context.fillStyle = theme.line
    context.fillRect(0, top + place.height - 1, range.width, 1)
  }

  #drawSelection(context: CanvasRenderingContext2D, range: Range, isPinned: boolean): void {
    const { selection, trace, theme } = this.#app
    if (selection?.kind === 'instant') {
      const at = trace.instants.begins[selection.instant]
      const place = this.#places.groups.get(trace.instants.groups[selection.instant])
      if (!place || place.isPinned !== isPinned) return
      const y = this.#onCanvas(place, place.barsTop - INSTANTS - 3)
      paintFrame(context, theme, range, y, at, at)
    }
    if (selection?.kind !== 'span') return
    const { span } = selection
    const place = this.#places.groups.get(groupOf(trace, span))
    const depth = trace.spans.depths[span]
    if (!place || place.isPinned !== isPinned || depth >= place.rows.length) return
    const y = this.#onCanvas(place, place.barsTop + depth * ROW)
    paintFrame(context, theme, range, y, trace.spans.begins[span], trace.spans.ends[span])
  }

  #drawWakeUps(context: CanvasRenderingContext2D, range: Range, height: number): void {
    const { theme } = this.#app
    const shown = this.#app.wakeUps.filter(({ at, runs }) => runs >= range.from && at <= range.to)
    const isSelected = this.#wakeUpsOfSelection()
    for (const wakeUp of shown.length > MOST_ARROWS ? shown.filter(isSelected) : shown) {
      const from = this.#places.groups.get(wakeUp.from)
      const to = this.#places.groups.get(wakeUp.to)
      if (!from || !to) continue
      const fromY = this.#onCanvas(from, from.barsTop - INSTANTS + 5.5)
      const toY = this.#onCanvas(to, to.barsTop + ROW / 2)
      if (Math.max(fromY, toY) < 0 || Math.min(fromY, toY) > height) continue
      context.globalAlpha = isSelected(wakeUp) ? 1 : 0.45
      paintArrow(context, theme, range, wakeUp, fromY, toY)
    }
    context.globalAlpha = 1
  }

  /** Those of the selected event, or of the task of the selected call. */
  #wakeUpsOfSelection(): (wakeUp: WakeUp) => boolean {
    const { selection, trace } = this.#app
    if (selection?.kind === 'instant') return ({ instant }) => instant === selection.instant
    if (selection?.kind !== 'span') return () => false
    const group = groupOf(trace, selection.span)
    return ({ from, to }) => from === group || to === group
  }

  #drawChosen(context: CanvasRenderingContext2D, range: Range, height: number): void {
    const { selection, theme } = this.#app
    const chosen = this.#choosing ?? (selection?.kind === 'range' ? selection : undefined)
    if (!chosen) return
    const only = selection === chosen && selection.kind === 'range' ? selection.group : undefined
    const place = only === undefined ? undefined : this.#places.groups.get(only)
    const top = place ? this.#onCanvas(place, place.top) : 0
    paintChosen(context, theme, range, chosen, top, place ? top + place.height : height)
  }

  /** From a place in the timeline to one on the canvas. */
  #onCanvas({ isPinned }: GroupPlace, y: number): number {
    return isPinned ? y : y - this.#scroller.scrollTop
  }

  #placeAt(y: number): GroupPlace | undefined {
    const { groups, pinnedHeight } = this.#places
    const at = y < pinnedHeight ? y : y + this.#scroller.scrollTop
    for (const place of groups.values()) {
      if (place.isPinned !== y < pinnedHeight) continue
      if (at >= place.top && at < place.top + place.height) return place
    }
    return undefined
  }

  /** The place of a group, which is shown from now on. */
  #placeOf(index: number): GroupPlace {
    if (!this.#places.groups.has(index)) {
      this.rows.uncover(index)
      this.placeRows()
    }
    return this.#places.groups.get(index) as GroupPlace
  }

  #selectionAt({ y, position }: Point): Selection | undefined {
    const place = this.#placeAt(y)
    if (!place) return undefined
    const { trace } = this.#app
    const { from, to } = this.viewport
    const tolerance = ((to - from) / this.#canvas.clientWidth) * TOLERANCE
    const above = y - this.#onCanvas(place, place.barsTop)
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

  #zoomTo(span: number): void {
    const { begins, ends } = this.#app.trace.spans
    this.viewport.showAround(begins[span], ends[span])
  }

  #revealSpan(span: number): void {
    const { trace } = this.#app
    const group = groupOf(trace, span)
    const { depths, begins, ends } = trace.spans
    if (depths[span] > 0 && this.rows.folded.delete(group)) this.placeRows()
    const place = this.#placeOf(group)
    const top = place.barsTop + depths[span] * ROW
    const { scrollTop, clientHeight } = this.#scroller
    const first = scrollTop + this.#places.pinnedHeight
    if (!place.isPinned && (top < first || top + ROW > scrollTop + clientHeight)) {
      this.#scroller.scrollTop = top - this.#places.pinnedHeight - clientHeight / 3
    }
    const { from, to } = this.viewport
    const [begin, end] = [begins[span], ends[span]]
    const pixels = ((end - begin) / (to - from)) * this.#canvas.clientWidth
    const isSeen = begin < to && end > from
    if (isSeen && (pixels >= 8 || end - begin < SHORTEST)) return
    const room = Math.max((end - begin) * 2, SHORTEST)
    this.viewport.show(begin - room, end + room)
  }

  /** From the selected span to its neighbours, its caller, its first callee; at first to the first that is shown. */
  #walk(key: string): boolean {
    const { trace, selection } = this.#app
    if (!key.startsWith('Arrow')) return false
    if (selection?.kind !== 'span') return this.#enter()
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

  #enter(): boolean {
    for (const { rows } of this.#places.groups.values()) {
      const [row] = rows
      const span = row?.[firstEndingAfter(this.#app.trace.spans, row, this.viewport.from)]
      if (span === undefined) continue
      this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      return true
    }
    return false
  }
}
