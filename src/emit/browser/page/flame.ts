import { changeShadeOf, FIRST_CHANGE, PLAIN } from '../palette.js'
import { bothTexts, changeText, countedText, shareText, timeText } from '../units.js'
import { type App, groupOf, type Model, type Selection, type View } from './app.js'
import { LEFT_OUT } from './awake.js'
import { barAt, type Range } from './bars.js'
import type { Costs } from './costs.js'
import { button, element, oncePerFrame, sized } from './dom.js'
import { changesSince, type FlameChanges } from './flame-changes.js'
import { type FlameTree, flameTreeOf, orderedTreeOf, sandwichOf } from './flame-tree.js'
import { attachGestures, moveByKey, type Point } from './gestures.js'
import { type Look, paintFrame, paintRow, ROW } from './paint.js'
import { TrackChoice } from './track-choice.js'
import { Viewport } from './viewport.js'

const TOP = 8

/** What the boxes are: merged stacks, stacks as they came, or one function with its callers and callees. */
const shapes = {
  merged: 'Heaviest first',
  ordered: 'In order of time',
  sandwich: 'Callers and callees',
} as const

type Shape = keyof typeof shapes

/** Stacks, callers on top; the width of a box is measured time. */
export class Flame implements View {
  readonly element: HTMLElement
  readonly #app: App
  readonly #canvas = element('canvas', { className: 'bars' })
  readonly #space = element('div')
  readonly #scroller: HTMLElement
  readonly #tracks: TrackChoice
  readonly #shape = element('select', { title: 'How stacks are arranged' })
  readonly #reset: HTMLButtonElement
  readonly #sleep: HTMLButtonElement
  readonly #facts = element('span', { className: 'facts' })
  #tree: FlameTree | undefined
  #changes: FlameChanges | undefined
  /** What the tree was built from. */
  #costs: Costs | undefined
  /** The function between its callers and callees; 0 for none. */
  #func = 0
  #viewport: Viewport
  readonly refresh = oncePerFrame(() => this.#draw())

  constructor(app: App) {
    this.#app = app
    this.#viewport = new Viewport(0, 1, 1, this.refresh)
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, [
      this.#space,
      this.#canvas,
    ])
    this.#scroller.ariaLabel = 'Flame graph: arrows walk from stack to stack'
    this.#canvas.role = 'img'
    this.#tracks = new TrackChoice(app.trace, 'Whose stacks', () => this.#build())
    this.#shape.ariaLabel = this.#shape.title
    this.#shape.onchange = () => this.#build()
    this.#arrange()
    this.#reset = button('Reset zoom', 'Show all (0)', () => this.#viewport.showAll())
    this.#sleep = button('', 'Whether time asleep and idle cpus count (Z)', () =>
      app.set({ sleep: !app.settings.sleep }),
    )
    this.element = element('section', { className: 'view flame' }, [
      element('div', { className: 'bar' }, [
        this.#tracks.element,
        this.#shape,
        this.#reset,
        this.#sleep,
        this.#facts,
      ]),
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
    const { selection } = this.#app
    if (event.key.startsWith('Arrow')) return this.#walk(event.key)
    if (event.key.toLowerCase() !== 'f') return false
    if (selection?.kind === 'stack') this.#show(selection.tree, selection.node)
    return true
  }

  /** The stack of a call, or the heaviest stack that ends in a function. */
  reveal(selection: Selection): void {
    this.#shape.value = 'merged'
    const { trace } = this.#app
    const group = selection.kind === 'span' ? groupOf(trace, selection.span) : undefined
    if (group !== this.#tracks.group) this.#tracks.group = undefined
    const tree = this.#build()
    const node = this.#nodeOf(tree, selection)
    if (node < 0) return
    this.#app.select({ kind: 'stack', tree, node })
    this.#show(tree, node)
  }

  /** Shows a function between its callers and its callees. */
  showAround(func: number): void {
    this.#func = func
    this.#arrange()
    this.#shape.value = 'sandwich'
    this.#build()
  }

  #built(): FlameTree {
    return this.#tree && this.#costs === this.#app.costs ? this.#tree : this.#build()
  }

  #arrange(): void {
    const { value } = this.#shape
    const options = (Object.entries(shapes) as [Shape, string][])
      .filter(([shape]) => shape !== 'sandwich' || this.#func > 0)
      .map(([shape, text]) => {
        const textContent =
          shape === 'sandwich' ? `${text} of ${this.#app.names[this.#func]}` : text
        return element('option', { value: shape, textContent })
      })
    this.#shape.replaceChildren(...options)
    this.#shape.value = value || 'merged'
  }

  #build(): FlameTree {
    const { selection, settings, asleep, costs, before, names } = this.#app
    const tree = this.#treeOf(this.#app)
    const isCompared = this.#shape.value === 'merged' && this.#tracks.group === undefined
    this.#changes =
      before && isCompared
        ? changesSince(tree, names, this.#treeOf(before), before.names)
        : undefined
    this.#tree = tree
    this.#costs = costs
    this.#viewport = new Viewport(0, tree.totals[0], Math.max(tree.totals[0] * 1e-7, 1), () => {
      this.#app.showTooltip(undefined, [])
      this.refresh()
    })
    this.#space.style.height = `${TOP * 2 + tree.rows.length * ROW}px`
    const away = timeText(asleep)
    this.#sleep.hidden = asleep === 0
    this.#sleep.textContent = settings.sleep ? 'Leave out sleep' : `Show ${away} asleep or idle`
    this.#facts.textContent = this.#factsOf(tree)
    this.#canvas.ariaLabel = `Flame graph of ${this.#facts.textContent}`
    if (selection?.kind === 'stack' && selection.tree !== tree) this.#app.select(undefined)
    if (tree.isSandwich) this.#scrollTo(tree, 0)
    this.refresh()
    return tree
  }

  #treeOf({ trace, costs }: Model): FlameTree {
    const { group: only } = this.#tracks
    const isShown = (group: number) => only === undefined || group === only
    switch (this.#shape.value as Shape) {
      case 'merged':
        return flameTreeOf(trace, costs, isShown)
      case 'ordered':
        return orderedTreeOf(trace, costs, isShown)
      case 'sandwich':
        return sandwichOf(trace, costs, this.#func, isShown)
    }
  }

  #factsOf(tree: FlameTree): string {
    const { settings, asleep } = this.#app
    const calls = tree.calls.reduce((sum, count) => sum + count, 0)
    const stacks = countedText(tree.length - 1, 'stack')
    const facts = [`${timeText(tree.totals[0])} in ${countedText(calls, 'call')}, ${stacks}`]
    if (this.#changes) {
      const { totals, gone } = this.#changes
      facts.push(`${timeText(totals[0])} before`, 'red takes more time itself, blue less')
      if (gone > 0) facts.push(`gone: ${timeText(gone)}`)
    }
    if (asleep > 0 && !settings.sleep) facts.push('without sleep')
    return facts.join(' · ')
  }

  #draw(): void {
    const { theme, matches, selection } = this.#app
    const tree = this.#built()
    this.#canvas.style.height = `${this.#scroller.clientHeight}px`
    const { context, width, height } = sized(this.#canvas)
    const { from, to } = this.#viewport
    this.#reset.disabled = this.#viewport.isWhole
    if (width === 0 || tree.totals[0] === 0) return
    const range: Range = { from, to, width }
    const isAround = (node: number) => tree.begins[node] < from - 1 || tree.ends[node] > to + 1
    const look: Look = {
      shade: node => this.#shadeOf(tree, node),
      name: node => this.#nameOf(tree, node),
      isHit: false,
      opacity: node => (matches ? 0.35 : isAround(node) ? 0.6 : 1),
    }
    const hit: Look = { ...look, isHit: true, opacity: node => (isAround(node) ? 0.6 : 1) }
    const { scrollTop } = this.#scroller
    tree.rows.forEach((row, depth) => {
      const y = TOP + depth * ROW - scrollTop
      if (y > height || y + ROW < 0) return
      paintRow(context, theme, range, tree, row, y, look)
      if (!matches) return
      const found = row.filter(node => node > 0 && matches.functions[tree.functions[node]] === 1)
      paintRow(context, theme, range, tree, found, y, hit)
    })
    if (selection?.kind !== 'stack' || selection.tree !== tree) return
    const { node } = selection
    const y = TOP + tree.depths[node] * ROW - scrollTop
    paintFrame(context, theme, range, y, tree.begins[node], tree.ends[node])
  }

  #shadeOf(tree: FlameTree, node: number): number {
    if (node === 0 && !tree.isSandwich) return PLAIN
    if (!this.#changes) return this.#app.shades[tree.functions[node]]
    const { self, most } = this.#changes
    return FIRST_CHANGE + changeShadeOf(tree.self[node] - self[node], most)
  }

  #nameOf(tree: FlameTree, node: number): string {
    return node === 0 && !tree.isSandwich ? 'all' : this.#app.names[tree.functions[node]]
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
    const tree = this.#built()
    const { totals, self, calls } = tree
    const name = this.#nameOf(tree, node)
    const lines = [name, `${bothTexts(totals[node])}, ${shareText(totals[node], totals[0])}`]
    if (node > 0) lines.push(`self ${bothTexts(self[node])}`, countedText(calls[node], 'call'))
    if (this.#changes) {
      const { totals: was, self: selfWas } = this.#changes
      lines.push(`before ${changeText(was[node], totals[node])}`)
      if (node > 0) lines.push(`self before ${changeText(selfWas[node], self[node])}`)
    }
    return lines
  }

  #click(point: Point): void {
    const tree = this.#built()
    const node = this.#nodeAt(point)
    this.#app.select(node > 0 ? { kind: 'stack', tree, node } : undefined)
    if (node >= 0) this.#viewport.show(tree.begins[node], tree.ends[node])
  }

  /** From the selected box to its neighbours; at first to the widest one. */
  #walk(key: string): boolean {
    const tree = this.#built()
    const { selection } = this.#app
    const here = selection?.kind === 'stack' && selection.tree === tree ? selection.node : 0
    const depth = tree.depths[here] + ({ ArrowUp: -1, ArrowDown: 1 }[key] ?? 0)
    const row = tree.rows[depth]
    const isSideways = depth === tree.depths[here]
    const node = isSideways
      ? row[row.indexOf(here) + (key === 'ArrowLeft' ? -1 : 1)]
      : row?.find(box => tree.ends[box] > tree.begins[here] && tree.begins[box] < tree.ends[here])
    if (node === undefined || node === 0) return true
    this.#app.select({ kind: 'stack', tree, node })
    this.#scrollTo(tree, node)
    return true
  }

  #show(tree: FlameTree, node: number): void {
    this.#viewport.show(tree.begins[node], tree.ends[node])
    this.#scrollTo(tree, node)
  }

  #scrollTo(tree: FlameTree, node: number): void {
    const top = tree.depths[node] * ROW
    const { scrollTop, clientHeight } = this.#scroller
    if (top >= scrollTop && top + 2 * ROW <= scrollTop + clientHeight) return
    this.#scroller.scrollTop = top - clientHeight / 2
  }

  #nodeOf(tree: FlameTree, selection: Selection): number {
    let heaviest = -1
    const consider = (node: number) => {
      if (heaviest < 0 || tree.totals[node] > tree.totals[heaviest]) heaviest = node
    }
    switch (selection.kind) {
      case 'stack':
        return selection.tree === tree ? selection.node : -1
      case 'function':
        tree.functions.forEach((func, node) => {
          if (func === selection.func) consider(node)
        })
        return heaviest
      case 'span': {
        const { trace, costs } = this.#app
        const { names, parents } = trace.spans
        const path: number[] = []
        for (let span = selection.span; span >= 0; span = parents[span]) {
          if (costs.durations[span] !== LEFT_OUT) path.unshift(names[span])
        }
        return path.reduce((node, func) => {
          return tree.functions.findIndex(
            (other, at) => other === func && tree.parents[at] === node,
          )
        }, 0)
      }
      default:
        return -1
    }
  }
}
