import { PLAIN } from '../palette.js'
import { bothTexts, countedText, shareText, timeText } from '../units.js'
import type { App, Selection, View } from './app.js'
import { barAt, type Range } from './bars.js'
import { button, element, oncePerFrame, sized } from './dom.js'
import { type FlameTree, flameTreeOf } from './flame-tree.js'
import { attachGestures, moveByKey, type Point } from './gestures.js'
import { type Look, paintFrame, paintRow, ROW } from './paint.js'
import { Viewport } from './viewport.js'

const TOP = 8

/** Distinct stacks, callers on top; the width of a box is measured time. */
export class Flame implements View {
  readonly element: HTMLElement
  readonly #app: App
  readonly #canvas = element('canvas', { className: 'bars' })
  readonly #space = element('div')
  readonly #scroller: HTMLElement
  readonly #choice: HTMLSelectElement
  readonly #reset: HTMLButtonElement
  readonly #facts = element('span', { className: 'facts' })
  #tree: FlameTree | undefined
  #viewport: Viewport
  readonly refresh = oncePerFrame(() => this.#draw())

  constructor(app: App) {
    this.#app = app
    this.#viewport = new Viewport(0, 1, 1, this.refresh)
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, [
      this.#space,
      this.#canvas,
    ])
    this.#scroller.ariaLabel = 'Flame graph'
    this.#choice = element('select', { title: 'Whose stacks', onchange: () => this.#build() }, [
      element('option', { value: '', textContent: 'All tracks' }),
      ...app.trace.groups.flatMap(({ kind, name }, index) =>
        kind === 'calls' ? [element('option', { value: String(index), textContent: name })] : [],
      ),
    ])
    this.#reset = button('Reset zoom', 'Show all (0)', () => this.#viewport.showAll())
    this.element = element('section', { className: 'view flame' }, [
      element('div', { className: 'bar' }, [this.#choice, this.#reset, this.#facts]),
      this.#scroller,
    ])
    this.#scroller.addEventListener('scroll', this.refresh)
    attachGestures({
      canvas: this.#canvas,
      scroller: this.#scroller,
      viewport: () => this.#viewport,
      hover: point => this.#hover(point),
      click: point => this.#click(point),
      doubleClick: () => {},
    })
  }

  key(event: KeyboardEvent): boolean {
    if (moveByKey(this.#viewport, event)) return true
    if (event.key.toLowerCase() !== 'f') return false
    const { selection } = this.#app
    if (selection?.kind === 'stack') this.#show(selection.tree, selection.node)
    return true
  }

  /** The stack of a call, or the heaviest stack that ends in a function. */
  reveal(selection: Selection): void {
    const tree = this.#built()
    const node = this.#nodeOf(tree, selection)
    if (node < 0) return
    this.#app.select({ kind: 'stack', tree, node })
    this.#show(tree, node)
  }

  #built(): FlameTree {
    return this.#tree ?? this.#build()
  }

  #build(): FlameTree {
    const { trace, costs, selection } = this.#app
    const only = this.#choice.value === '' ? undefined : Number(this.#choice.value)
    const tree = flameTreeOf(trace, costs, group => only === undefined || group === only)
    this.#tree = tree
    this.#viewport = new Viewport(0, tree.totals[0], Math.max(tree.totals[0] * 1e-7, 1), () => {
      this.#app.showTooltip(undefined, [])
      this.refresh()
    })
    this.#space.style.height = `${TOP * 2 + tree.rows.length * ROW}px`
    const calls = tree.calls.reduce((sum, count) => sum + count, 0)
    const stacks = countedText(tree.length - 1, 'stack')
    this.#facts.textContent = `${timeText(tree.totals[0])} in ${countedText(calls, 'call')}, ${stacks}`
    if (selection?.kind === 'stack') this.#app.select(undefined)
    this.refresh()
    return tree
  }

  #draw(): void {
    const { theme, matches, names, shades, selection } = this.#app
    const tree = this.#built()
    this.#canvas.style.height = `${this.#scroller.clientHeight}px`
    const { context, width, height } = sized(this.#canvas)
    const { from, to } = this.#viewport
    this.#reset.disabled = this.#viewport.isWhole
    if (width === 0 || tree.totals[0] === 0) return
    const range: Range = { from, to, width }
    const isAround = (node: number) => tree.begins[node] < from - 1 || tree.ends[node] > to + 1
    const look: Look = {
      shade: node => (node === 0 ? PLAIN : shades[tree.functions[node]]),
      name: node => (node === 0 ? 'all' : names[tree.functions[node]]),
      isHit: false,
      opacity: node => (matches ? 0.35 : isAround(node) ? 0.6 : 1),
    }
    const hit: Look = { ...look, isHit: true, opacity: node => (isAround(node) ? 0.6 : 1) }
    const { scrollTop } = this.#scroller
    tree.rows.forEach((row, depth) => {
      const y = TOP + depth * ROW - scrollTop
      if (y > height || y + ROW < 0) return
      paintRow(context, theme, range, tree, row, y, look)
      if (!matches || depth === 0) return
      const found = row.filter(node => matches.functions[tree.functions[node]] === 1)
      paintRow(context, theme, range, tree, found, y, hit)
    })
    if (selection?.kind !== 'stack' || selection.tree !== tree) return
    const { node } = selection
    const y = TOP + tree.depths[node] * ROW - scrollTop
    paintFrame(context, theme, range, y, tree.begins[node], tree.ends[node])
  }

  #nodeAt({ y, position }: Point): number {
    const tree = this.#built()
    const row = tree.rows[Math.floor((y + this.#scroller.scrollTop - TOP) / ROW)]
    const { from, to } = this.#viewport
    return row ? barAt(tree, row, position, ((to - from) / this.#canvas.clientWidth) * 2) : -1
  }

  #hover(point: Point | undefined): void {
    const node = point ? this.#nodeAt(point) : -1
    this.#canvas.classList.toggle('over', node >= 0)
    this.#app.showTooltip(point, node < 0 ? [] : this.#tooltip(node))
  }

  #tooltip(node: number): string[] {
    const { functions, totals, self, calls } = this.#built()
    const total = `${bothTexts(totals[node])}, ${shareText(totals[node], totals[0])}`
    if (node === 0) return ['all', total]
    const name = this.#app.names[functions[node]]
    return [name, total, `self ${bothTexts(self[node])}`, countedText(calls[node], 'call')]
  }

  #click(point: Point): void {
    const tree = this.#built()
    const node = this.#nodeAt(point)
    this.#app.select(node > 0 ? { kind: 'stack', tree, node } : undefined)
    if (node >= 0) this.#viewport.show(tree.begins[node], tree.ends[node])
  }

  #show(tree: FlameTree, node: number): void {
    this.#viewport.show(tree.begins[node], tree.ends[node])
    this.#scroller.scrollTop = (tree.depths[node] - 3) * ROW
  }

  #nodeOf(tree: FlameTree, selection: Selection): number {
    if (selection.kind === 'stack') return selection.tree === tree ? selection.node : -1
    if (selection.kind === 'instant' || selection.kind === 'range') return -1
    let heaviest = -1
    const consider = (node: number) => {
      if (heaviest < 0 || tree.totals[node] > tree.totals[heaviest]) heaviest = node
    }
    if (selection.kind === 'function') {
      tree.functions.forEach((func, node) => {
        if (func === selection.func) consider(node)
      })
      return heaviest
    }
    const { names, parents } = this.#app.trace.spans
    const path: number[] = []
    for (let span = selection.span; span >= 0; span = parents[span]) path.unshift(names[span])
    return path.reduce((node, func) => {
      return tree.functions.findIndex((other, at) => other === func && tree.parents[at] === node)
    }, 0)
  }
}
