import { shownNotes } from '../../../timeline/notes.js'
import { bothTexts, countedText, countText, exactText, shareText, timeText } from '../units.js'
import { type App, groupOf, type Selection, spanName } from './app.js'
import {
  type Costs,
  callsOf,
  type Edge,
  edgesOf,
  type FunctionCost,
  functionCosts,
  type RangeCost,
  rangeCosts,
} from './costs.js'
import {
  block,
  columns,
  cpuAt,
  type Fact,
  factList,
  longBlock,
  stackBlock,
  stackRow,
  timestampText,
} from './details-parts.js'
import { button, element } from './dom.js'
import type { FlameTree } from './flame-tree.js'
import { notesOf } from './notes.js'
import { wakeUpsOf } from './wake-ups.js'

/** More stacks and lists than this are cut. */
const MOST_ROWS = 60

/** The details of the selection, below the tab. */
export class Details {
  readonly element = element('aside', { className: 'details', hidden: true, ariaLabel: 'Details' })
  readonly #app: App
  readonly #showAround: (func: number) => void
  /** By function, for the costs that they were made from. */
  #functions: { readonly from: Costs; readonly costs: readonly FunctionCost[] } | undefined
  #wakeUps: ReturnType<typeof wakeUpsOf> | undefined

  /** `showAround` shows a function between its callers and callees. */
  constructor(app: App, showAround: (func: number) => void) {
    this.#app = app
    this.#showAround = showAround
  }

  /** What is shown, in short. */
  get title(): string {
    const facts = [...this.element.querySelectorAll('dt, dd')].slice(0, 4)
    const head = [...this.element.querySelectorAll('h2, .kind')]
    return [...head, ...facts].map(({ textContent }) => textContent).join(' ')
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
        return this.#range(selection)
      case 'mark':
        return this.#mark(selection.at)
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
      ...this.#sourceLink(func),
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
    const notes = notesOf(this.#app.trace, span)
    if (!notes) return undefined
    const isError = notes.returned?.meaning !== ''
    const facts = shownNotes(notes).map(([key, value]): Fact => {
      return [key, String(value), isError && key.startsWith('return') ? 'error' : '']
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
    this.#wakeUps ??= wakeUpsOf(trace)
    const wakeUp = this.#wakeUps.find(each => each.instant === instant)
    const buttons: HTMLElement[] = []
    if (wakeUp) {
      const task = trace.groups[wakeUp.to]
      facts.push(['Wakes', `${task.name}, which runs ${timeText(wakeUp.runs - wakeUp.at)} later`])
      const first = task.rows[0]?.find(span => trace.spans.ends[span] > wakeUp.runs)
      if (first !== undefined) {
        const go = () => this.#app.select({ kind: 'span', span: first }, { in: 'timeline' })
        buttons.push(button('To the task', `To the first call of ${task.name} then`, go))
      }
    }
    return [
      this.#head(trace.texts[names[instant]], 'event', buttons),
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
      ...this.#sourceLink(func),
      this.#longestButton(func),
      button('Callers and callees', 'Its callers and callees as flame graphs', () => {
        this.#showAround(func)
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
        this.#calls(func, 'length'),
        this.#calls(func, 'time'),
      ]),
    ]
  }

  #calls(func: number, by: 'length' | 'time'): HTMLElement {
    const { trace } = this.#app
    const { begins, durations } = trace.spans
    const calls = callsOf(trace, func, by)
    const title = by === 'length' ? 'Longest calls' : 'Calls in order of time'
    return longBlock(title, calls.length, at => {
      const span = calls[at]
      const where = `${timeText(begins[span])}, ${trace.groups[groupOf(trace, span)].name}`
      const time = durations[span] < 0 ? 'incomplete' : timeText(durations[span])
      const select = () => this.#app.select({ kind: 'span', span }, { in: 'timeline' })
      return stackRow(`at ${where}`, time, false, select)
    })
  }

  #range(range: Extract<Selection, { kind: 'range' }>): HTMLElement[] {
    const { trace } = this.#app
    const { from, to, group } = range
    const costs = rangeCosts(trace, this.#app.costs, from, to, group)
    const facts: Fact[] = [['Length', bothTexts(to - from)], ...this.#when(from)]
    const tracks = element('select', { className: 'tracks', title: 'On which tracks' }, [
      element('option', { value: '', textContent: 'All tracks' }),
      ...trace.groups.flatMap(({ kind, name }, index) =>
        kind === 'calls' ? [element('option', { value: String(index), textContent: name })] : [],
      ),
    ])
    tracks.ariaLabel = tracks.title
    tracks.value = group === undefined ? '' : String(group)
    tracks.onchange = () => {
      const chosen = tracks.value === '' ? undefined : Number(tracks.value)
      this.#app.select({ ...range, group: chosen })
    }
    return [
      this.#head(`${timeText(to - from)} of the timeline`, 'range', [
        tracks,
        button('Zoom', 'Show this range (F)', () => this.#app.select(range, { in: 'timeline' })),
      ]),
      columns([
        factList('This range', facts),
        this.#ran('By self time', costs, 'self'),
        this.#ran('By total time', costs, 'total'),
      ]),
    ]
  }

  #mark(at: number): HTMLElement[] {
    const { marks } = this.#app
    const rows = marks.map((mark, index) => {
      const distance = mark === at ? '' : `${mark < at ? '-' : '+'}${timeText(Math.abs(mark - at))}`
      const select = () => this.#app.select({ kind: 'mark', at: mark }, { in: 'timeline' })
      return stackRow(`${index + 1}: at ${timeText(mark)}`, distance, mark === at, select)
    })
    const next = marks.find(mark => mark > at)
    const buttons = [
      button('Remove', 'Remove this mark (Delete)', () => {
        this.#app.mark(marks.filter(mark => mark !== at))
        this.#app.select(undefined)
      }),
    ]
    if (next !== undefined) {
      const range = { kind: 'range', from: at, to: next } as const
      const select = () => this.#app.select(range, { in: 'timeline' })
      buttons.unshift(button('To the next mark', 'What ran up to the next mark', select))
    }
    return [
      this.#head(`Mark ${marks.indexOf(at) + 1}`, 'mark', buttons),
      columns([factList('This mark', this.#when(at)), stackBlock('Marks', rows)]),
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
    const end = tree.isSandwich ? -1 : 0
    for (let at = node; at > end && rows.length < MOST_ROWS; at = tree.parents[at]) {
      const select = () => this.#app.select({ kind: 'stack', tree, node: at }, { in: 'flame' })
      rows.push(stackRow(names[tree.functions[at]], timeText(tree.totals[at]), at === node, select))
    }
    const head = this.#head(names[func], 'stack', [
      ...this.#sourceLink(func),
      button('Function', 'All calls of this function', () => {
        this.#app.select({ kind: 'function', func }, { in: 'functions' })
      }),
      button('Callers and callees', 'Its callers and callees as flame graphs', () => {
        this.#showAround(func)
      }),
      this.#longestButton(func),
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
    if (this.#functions?.from !== costs) {
      this.#functions = { from: costs, costs: functionCosts(trace, costs) }
    }
    const { calls, incomplete, self, total, sum, least, most } = this.#functions.costs[func]
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

  #longestButton(func: number): HTMLElement {
    return button('Longest call', 'In the timeline', () => {
      const span = callsOf(this.#app.trace, func, 'length')[0]
      if (span !== undefined) this.#app.select({ kind: 'span', span }, { in: 'timeline' })
    })
  }

  /** To the source of a function, where the page knows a site for it. */
  #sourceLink(func: number): HTMLElement[] {
    const { sourceUrl, functions } = this.#app.trace
    const { name, module } = functions[func]
    if (!sourceUrl || !/^https?:/.test(sourceUrl)) return []
    // Compilers append to the names of copies: foo.isra.0
    const href = sourceUrl
      .replaceAll('{function}', encodeURIComponent(name.replace(/\..*/, '')))
      .replaceAll('{module}', encodeURIComponent(module))
    const link = element('a', { href, target: '_blank', rel: 'noopener noreferrer' })
    link.textContent = 'Source'
    link.title = href
    return [link]
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
