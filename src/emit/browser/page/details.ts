import { bothTexts, countedText, countText, exactText, shareText, timeText } from '../units.js'
import { type App, groupOf, type Selection, spanName } from './app.js'
import {
  type Edge,
  edgesOf,
  functionCosts,
  longestCalls,
  type RangeCost,
  rangeCosts,
} from './costs.js'
import {
  block,
  columns,
  cpuAt,
  type Fact,
  factList,
  stackBlock,
  stackRow,
  timestampText,
} from './details-parts.js'
import { button, element } from './dom.js'
import type { FlameTree } from './flame-tree.js'

/** More stacks and lists than this are cut. */
const MOST_ROWS = 60

/** The details of the selection, below the tab. */
export class Details {
  readonly element = element('aside', { className: 'details', hidden: true, ariaLabel: 'Details' })
  readonly #app: App
  #costs: ReturnType<typeof functionCosts> | undefined

  constructor(app: App) {
    this.#app = app
  }

  show(selection: Selection | undefined): void {
    this.element.hidden = selection === undefined
    if (!selection) return
    this.element.replaceChildren(...this.#content(selection))
    this.element.scrollTop = 0
  }

  #content(selection: Selection): HTMLElement[] {
    switch (selection.kind) {
      case 'span':
        return this.#span(selection.span)
      case 'instant':
        return this.#instant(selection.instant)
      case 'function':
        return this.#function(selection.func)
      case 'range':
        return this.#range(selection.from, selection.to)
      case 'stack':
        return this.#stack(selection.tree, selection.node)
    }
  }

  #span(span: number): HTMLElement[] {
    const { trace } = this.#app
    const group = trace.groups[groupOf(trace, span)]
    const { begins, ends } = trace.spans
    const name = spanName(this.#app, group, span)
    if (group.kind !== 'calls') {
      const facts: Fact[] = [
        ['Length', bothTexts(ends[span] - begins[span])],
        ...this.#when(begins[span]),
        ['Row', group.name],
      ]
      return [this.#head(name, 'section', []), columns([factList('Section', facts)])]
    }
    const func = trace.spans.names[span]
    const head = this.#head(name, 'call', [
      button('Previous', 'The call of this function before this one ([)', () => this.step(-1)),
      button('Next', 'The next call of this function (])', () => this.step(1)),
      button('Flame graph', 'Its stack among all stacks', () => {
        this.#app.select({ kind: 'span', span }, { in: 'flame' })
      }),
      button('Function', 'All calls of this function', () => {
        this.#app.select({ kind: 'function', func }, { in: 'functions' })
      }),
    ])
    return [
      head,
      columns([
        factList('This call', this.#callFacts(span)),
        this.#notes(span),
        this.#callers(span),
        factList('All calls of it', this.#functionFacts(func)),
      ]),
    ]
  }

  #callFacts(span: number): Fact[] {
    const { trace, costs } = this.#app
    const { begins, ends, durations, parents } = trace.spans
    const group = trace.groups[groupOf(trace, span)]
    const duration = durations[span]
    const length = ends[span] - begins[span]
    const facts: Fact[] = []
    if (duration < 0) facts.push(['Duration', 'unknown: the trace does not show its exit'])
    else {
      facts.push(['Duration', bothTexts(duration)], ['Self', bothTexts(costs.self[span])])
      const caller = parents[span]
      if (caller >= 0 && durations[caller] > 0) {
        facts.push(['Of its caller', shareText(duration, durations[caller])])
      }
    }
    if (trace.lates.has(span)) facts.push(['Entry', 'not in the trace: it began before'])
    facts.push(...this.#when(begins[span]))
    // Positions come from timestamps, which are cut to microseconds; durations are measurements.
    if (duration >= 0 && length !== duration) facts.push(['Shown length', bothTexts(length)])
    facts.push(['Track', group.name])
    const cpu = cpuAt(group, begins[span])
    if (cpu !== undefined) facts.push(['CPU', String(cpu)])
    return facts
  }

  #notes(span: number): HTMLElement | undefined {
    const note = this.#app.trace.notes.get(span)
    if (note === undefined) return undefined
    const facts = this.#app.trace.texts[note].split('\n').map((line): Fact => {
      const [key, ...value] = line.split('\t')
      return [key, value.join('\t')]
    })
    return factList('Arguments and result', facts)
  }

  #callers(span: number): HTMLElement {
    const { trace } = this.#app
    const { parents, durations } = trace.spans
    const group = trace.groups[groupOf(trace, span)]
    const rows: HTMLElement[] = []
    for (let at = span; at >= 0 && rows.length < MOST_ROWS; at = parents[at]) {
      const time = durations[at] < 0 ? '' : timeText(durations[at])
      const select = () => this.#app.select({ kind: 'span', span: at }, { in: 'timeline' })
      rows.push(stackRow(spanName(this.#app, group, at), time, at === span, select))
    }
    return stackBlock('Stack', rows)
  }

  #instant(instant: number): HTMLElement[] {
    const { trace } = this.#app
    const { names, texts, stacks, begins, groups } = trace.instants
    const group = trace.groups[groups[instant]]
    const text = trace.texts[texts[instant]]
    const stack = trace.texts[stacks[instant]]
    const facts: Fact[] = [...this.#when(begins[instant]), ['Track', group.name]]
    const cpu = cpuAt(group, begins[instant])
    if (cpu !== undefined) facts.push(['CPU', String(cpu)])
    return [
      this.#head(trace.texts[names[instant]], 'event', []),
      columns([
        factList('This event', facts),
        text === '' ? undefined : block('Text', element('pre', { textContent: text })),
        stack === '' ? undefined : block('Stack', element('pre', { textContent: stack })),
      ]),
    ]
  }

  #function(func: number): HTMLElement[] {
    const { trace, costs } = this.#app
    const { callers, callees } = edgesOf(trace, costs, func)
    const head = this.#head(this.#app.names[func], 'function', [
      button('Longest call', 'In the timeline', () => {
        const span = this.#longest(func)
        if (span >= 0) this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      }),
      button('Flame graph', 'Its heaviest stack', () => {
        this.#app.select({ kind: 'function', func }, { in: 'flame' })
      }),
    ])
    return [
      head,
      columns([
        factList('All calls of it', this.#functionFacts(func)),
        this.#edges('Callers', callers),
        this.#edges('Callees', callees),
        this.#calls(func),
      ]),
    ]
  }

  #calls(func: number): HTMLElement {
    const { trace } = this.#app
    const { begins, durations } = trace.spans
    const rows = longestCalls(trace, func, MOST_ROWS).map(span => {
      const where = `${timeText(begins[span])}, ${trace.groups[groupOf(trace, span)].name}`
      const select = () => this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      return stackRow(`at ${where}`, timeText(durations[span]), false, select)
    })
    return stackBlock('Longest calls', rows)
  }

  #range(from: number, to: number): HTMLElement[] {
    const costs = rangeCosts(this.#app.trace, from, to)
    const facts: Fact[] = [['Length', bothTexts(to - from)], ...this.#when(from)]
    return [
      this.#head(`${timeText(to - from)} of the timeline`, 'range', []),
      columns([
        factList('This range', facts),
        this.#ran('By self time', costs, 'self'),
        this.#ran('By total time', costs, 'total'),
      ]),
    ]
  }

  /** The functions that ran, most time first. */
  #ran(title: string, costs: readonly RangeCost[], by: 'self' | 'total'): HTMLElement {
    const most = [...costs].sort((a, b) => b[by] - a[by]).slice(0, MOST_ROWS)
    const rows = most.map(({ func, calls, [by]: time }) => this.#functionRow(func, time, calls))
    return stackBlock(title, rows, 'nothing ran')
  }

  /** The time and the calls of a function; -1 stands for no function. */
  #functionRow(func: number, time: number, calls: number): HTMLElement {
    const name = func < 0 ? '(outermost)' : this.#app.names[func]
    const select = () => this.#app.select({ kind: 'function', func }, { in: 'functions' })
    const numbers = `${timeText(time)} in ${countedText(calls, 'call')}`
    return stackRow(name, numbers, func < 0, select)
  }

  #edges(title: string, edges: readonly Edge[]): HTMLElement {
    const rows = edges
      .slice(0, MOST_ROWS)
      .map(({ func, calls, total }) => this.#functionRow(func, total, calls))
    return stackBlock(`${title} (${countText(edges.length)})`, rows)
  }

  #stack(tree: FlameTree, node: number): HTMLElement[] {
    const { names } = this.#app
    const func = tree.functions[node]
    const all = tree.totals[0]
    const facts: Fact[] = [
      ['Total', `${bothTexts(tree.totals[node])}, ${shareText(tree.totals[node], all)}`],
      ['Self', `${bothTexts(tree.self[node])}, ${shareText(tree.self[node], all)}`],
      ['Calls', countText(tree.calls[node])],
    ]
    if (tree.calls[node] > 0) {
      facts.push(['Total of a call', exactText(Math.round(tree.totals[node] / tree.calls[node]))])
    }
    const rows: HTMLElement[] = []
    for (let at = node; at > 0 && rows.length < MOST_ROWS; at = tree.parents[at]) {
      const select = () => this.#app.select({ kind: 'stack', tree, node: at }, { in: 'flame' })
      rows.push(stackRow(names[tree.functions[at]], timeText(tree.totals[at]), at === node, select))
    }
    const head = this.#head(names[func], 'stack', [
      button('Function', 'All calls of this function', () => {
        this.#app.select({ kind: 'function', func }, { in: 'functions' })
      }),
      button('Longest call', 'In the timeline', () => {
        const span = this.#longest(func)
        if (span >= 0) this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      }),
    ])
    return [
      head,
      columns([
        factList('This stack', facts),
        stackBlock('Stack', rows),
        factList('All calls of it', this.#functionFacts(func)),
      ]),
    ]
  }

  #functionFacts(func: number): Fact[] {
    const { trace, costs } = this.#app
    this.#costs ??= functionCosts(trace, costs)
    const { calls, incomplete, self, total, sum, least, most } = this.#costs[func]
    const facts: Fact[] = [['Calls', countText(calls)]]
    if (incomplete > 0) facts.push(['Incomplete', countText(incomplete)])
    facts.push(
      ['Total', `${bothTexts(total)}, ${shareText(total, costs.total)}`],
      ['Self', `${bothTexts(self)}, ${shareText(self, costs.total)}`],
    )
    if (calls > 0) {
      facts.push(
        ['Average', timeText(Math.round(sum / calls))],
        ['Shortest', timeText(least)],
        ['Longest', timeText(most)],
      )
    }
    return facts
  }

  /** Since the first moment of the trace, and by its own clock. */
  #when(at: number): Fact[] {
    const { origin } = this.#app.trace.facts
    const begin: Fact = ['Begin', bothTexts(at)]
    return origin === '' ? [begin] : [begin, ['Timestamp', timestampText(origin, at)]]
  }

  /** To another call of the same function. */
  step(direction: 1 | -1): void {
    const { selection, trace } = this.#app
    if (selection?.kind !== 'span') return
    const { names, length } = trace.spans
    const isCalls = (span: number) => trace.groups[groupOf(trace, span)].kind === 'calls'
    const name = names[selection.span]
    const kind = isCalls(selection.span)
    for (let span = selection.span + direction; span >= 0 && span < length; span += direction) {
      if (names[span] !== name || isCalls(span) !== kind) continue
      this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      return
    }
  }

  /** -1 if none was measured. */
  #longest(func: number): number {
    return longestCalls(this.#app.trace, func, 1)[0] ?? -1
  }

  #head(name: string, kind: string, buttons: readonly HTMLElement[]): HTMLElement {
    const close = button('×', 'Close (Esc)', () => this.#app.select(undefined))
    close.className = 'close'
    return element('header', {}, [
      element('h2', { textContent: name, title: name }),
      element('span', { className: 'kind', textContent: kind }),
      element('span', { className: 'buttons' }, [...buttons, close]),
    ])
  }
}
