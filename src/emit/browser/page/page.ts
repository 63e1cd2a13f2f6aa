import { keepInAddress } from '../address.js'
import { countedText, countText, timeText } from '../units.js'
import { type App, Model, type Selection, type State, type TabName, type View } from './app.js'
import type { Trace } from './data.js'
import { Details } from './details.js'
import { button, element } from './dom.js'
import { Flame } from './flame.js'
import { helpDialog, hintsOn } from './keys.js'
import { find, type Matches } from './search.js'
import { settingsFrom, settingsInto } from './settings-in-address.js'
import { FunctionTable } from './table.js'
import { currentTheme, onThemeChange } from './theme.js'
import { Timeline } from './timeline.js'

const TABS: readonly (readonly [TabName, string])[] = [
  ['timeline', 'Timeline'],
  ['flame', 'Flame graph'],
  ['functions', 'Functions'],
]

/** What a page shows beside a trace. */
export interface PageOptions {
  /** At the end of its head. */
  readonly controls?: readonly HTMLElement[]
  /** The trace to compare it with. */
  readonly before?: Trace | undefined
  /** What else is to be said about the trace, in short. */
  readonly remark?: string
}

/** A trace in three tabs, in the body of a document. */
export class Page {
  readonly #app: App
  readonly #views: Readonly<Record<TabName, View>>
  readonly #timeline: Timeline
  readonly #flame: Flame
  readonly #details: Details
  readonly #tabs: Readonly<Record<TabName, HTMLButtonElement>>
  readonly #field = element('input', { type: 'search', placeholder: 'Search functions and tasks' })
  readonly #found = element('output', { className: 'found' })
  readonly #end = new AbortController()
  readonly #news = element('div', { className: 'news' })
  readonly #tooltip = element('div', { className: 'tooltip', hidden: true })
  readonly #hints = element('footer')
  readonly #help = helpDialog()
  readonly #helpButton = button('?', 'Keys and colours (?)', () => this.#help.show(this.#app.theme))
  #tab: TabName = 'timeline'
  /** The group that a search has led to, or -1. */
  #group = -1
  #rememberTimer = 0

  constructor(trace: Trace, { controls = [], before, remark }: PageOptions = {}) {
    const state: State = {
      theme: currentTheme(),
      matches: undefined,
      selection: undefined,
      signal: this.#end.signal,
      marks: [],
      select: (selection, reveal) => this.#select(selection, reveal?.in),
      set: settings => {
        for (const model of [app, app.before]) {
          if (model) model.settings = { ...app.settings, ...settings }
        }
        if (app.selection?.kind === 'stack') this.#select(undefined)
        else this.#details.show(app.selection)
        this.#refresh()
        this.#remember()
      },
      mark: marks => {
        app.marks = marks
        this.#refresh()
        this.#remember()
      },
      showTooltip: (at, lines) => this.#showTooltip(at, lines),
      remember: () => this.#remember(),
    }
    const app: App = Object.assign(new Model(trace, before), state)
    this.#app = app
    this.#timeline = new Timeline(app)
    this.#flame = new Flame(app)
    this.#views = {
      timeline: this.#timeline,
      flame: this.#flame,
      functions: new FunctionTable(app),
    }
    this.#details = new Details(app, func => {
      this.#show('flame')
      this.#flame.showAround(func)
    })
    this.#news.ariaLive = 'polite'
    const tabs = TABS.map(([name, title], index) => {
      return [name, button(title, `${title} (${index + 1})`, () => this.#show(name))] as const
    })
    for (const [name, tab] of tabs) {
      tab.role = 'tab'
      this.#views[name].element.role = 'tabpanel'
      this.#views[name].element.ariaLabel = tab.textContent
    }
    this.#tabs = Object.fromEntries(tabs) as Record<TabName, HTMLButtonElement>
    document.body.append(
      this.#header(controls, remark),
      element(
        'main',
        {},
        Object.values(this.#views).map(view => view.element),
      ),
      this.#details.element,
      this.#hints,
      this.#tooltip,
      this.#help.dialog,
      this.#news,
    )
    this.#listen()
    this.#restore(location.hash)
  }

  /** Makes room for another page. */
  close(): void {
    this.#end.abort()
    clearTimeout(this.#rememberTimer)
    // Another trace numbers its calls in its own way.
    this.#app.selection = undefined
    this.#writeAddress()
    document.body.replaceChildren()
  }

  /** Adds a control at the end of the head. */
  add(control: HTMLElement): void {
    this.#helpButton.before(control)
  }

  #header(controls: readonly HTMLElement[], remark = ''): HTMLElement {
    const { title } = this.#app.trace
    const facts = [this.#facts(), remark].filter(Boolean).join(' · ')
    const tabs = element('nav', { className: 'tabs' }, Object.values(this.#tabs))
    tabs.role = 'tablist'
    this.#field.ariaLabel = 'Search functions and tasks'
    return element('header', { className: 'top' }, [
      element('div', { className: 'what' }, [
        element('h1', { textContent: title, title }),
        element('p', { textContent: facts, title: facts }),
      ]),
      element('div', { className: 'marks' }, this.#marks()),
      tabs,
      element('div', { className: 'search' }, [this.#found, this.#field]),
      ...controls,
      this.#helpButton,
    ])
  }

  #facts(): string {
    const { trace, before } = this.#app
    const tracks = trace.groups.filter(({ kind }) => kind === 'calls')
    const calls = tracks.reduce((sum, { first, last }) => sum + last - first, 0)
    const facts = [
      countedText(calls, 'call'),
      countedText(tracks.length, 'track'),
      timeText(trace.facts.span),
    ]
    if (before) facts.push(`compared with ${before.trace.title}`)
    return facts.join(' · ')
  }

  /** What is odd about the trace. */
  #marks(): HTMLElement[] {
    const { trace } = this.#app
    const { clock, lostEvents } = trace.facts
    const marks: HTMLElement[] = []
    const note = (textContent: string, title: string) =>
      marks.push(element('span', { className: 'mark', textContent, title }))
    if (trace.losses.length > 0) {
      const text = lostEvents > 0 ? `${countText(lostEvents)} lost` : 'events lost'
      const mark = button(text, 'Events that the trace says are missing: to the next place', () =>
        this.#nextLoss(),
      )
      mark.className = 'mark loss'
      marks.push(mark)
    }
    if (clock === 'rebuilt') {
      note('time rebuilt', 'The trace has no timestamps: positions come from the durations')
    }
    if (clock === 'order') {
      note(
        'order only',
        'The trace has neither timestamps nor durations: every call counts as 1 ns',
      )
    }
    const failures = this.#app.failures.size
    if (failures > 0) {
      const title =
        'Calls whose value is an errno, underlined in red: list them; E walks through them'
      const list = () => this.#select({ kind: 'failures' })
      const mark = button(countedText(failures, 'error'), title, list)
      mark.className = 'mark loss'
      marks.push(mark)
    }
    const incomplete = this.#incomplete().length
    if (incomplete > 0) {
      const title = 'Calls whose exit is not in the trace, hatched: to the next one (I)'
      const mark = button(`${countText(incomplete)} incomplete`, title, () =>
        this.#nextIncomplete(),
      )
      mark.className = 'mark'
      marks.push(mark)
    }
    return marks
  }

  #incomplete(): number[] {
    const { groups, spans } = this.#app.trace
    const calls: number[] = []
    for (const { kind, first, last } of groups) {
      if (kind !== 'calls') continue
      for (let call = first; call < last; call++) if (spans.durations[call] < 0) calls.push(call)
    }
    return calls
  }

  #nextIncomplete(): void {
    this.#nextOf(this.#incomplete())
  }

  #nextFailure(): void {
    this.#nextOf([...this.#app.failures])
  }

  /** To the next of some calls, or to the first. */
  #nextOf(calls: readonly number[]): void {
    const { selection } = this.#app
    const here = selection?.kind === 'span' ? selection.span : -1
    const span = calls.find(call => call > here) ?? calls[0]
    if (span !== undefined) this.#select({ kind: 'span', span }, 'timeline')
  }

  #nextLoss(): void {
    const { trace } = this.#app
    const { viewport } = this.#timeline
    const middle = (viewport.from + viewport.to) / 2
    const positions = trace.losses.map(({ at }) => at).sort((a, b) => a - b)
    const at = positions.find(each => each > middle + 1) ?? positions[0]
    const half = Math.min(viewport.to - viewport.from, trace.facts.span / 20) / 2
    this.#show('timeline')
    viewport.show(at - half, at + half)
  }

  #listen(): void {
    const { signal } = this.#end
    const resized = new ResizeObserver(() => this.#refresh())
    resized.observe(document.querySelector('main') as Element)
    signal.addEventListener('abort', () => resized.disconnect())
    onThemeChange(() => {
      this.#app.theme = currentTheme()
      this.#refresh()
    }, signal)
    this.#field.addEventListener('input', () => this.#search(this.#field.value))
    this.#field.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.#nextMatch(event.shiftKey ? -1 : 1)
    })
    const onKey = (event: KeyboardEvent) => {
      if (this.#key(event)) event.preventDefault()
    }
    addEventListener('keydown', onKey, { signal })
    // By now `location` may be what was remembered meanwhile.
    const onAddress = ({ newURL }: HashChangeEvent) => this.#restore(new URL(newURL).hash)
    addEventListener('hashchange', onAddress, { signal })
  }

  #key(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, altKey } = event
    if (document.querySelector('dialog[open]')) return false
    const { activeElement } = document
    const isField = activeElement === this.#field
    const isOther = activeElement instanceof HTMLInputElement && !isField
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'f' && !isField) return this.#focusSearch()
    if (ctrlKey || metaKey || altKey) return false
    if (key === 'Escape') return this.#escape()
    if (isField || isOther || activeElement instanceof HTMLSelectElement) return false
    const action = this.#actions[key.toLowerCase()]
    if (action) {
      action()
      return true
    }
    const tab = TABS[Number(key) - 1]
    if (tab) {
      this.#show(tab[0])
      return true
    }
    return this.#views[this.#tab].key(event)
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    '/': () => this.#focusSearch(),
    '?': () => this.#help.show(this.#app.theme),
    '[': () => this.#details.step(-1),
    ']': () => this.#details.step(1),
    i: () => this.#nextIncomplete(),
    e: () => this.#nextFailure(),
    z: () => this.#app.set({ sleep: !this.#app.settings.sleep }),
    c: () => this.#app.set({ hues: !this.#app.settings.hues }),
  }

  #focusSearch(): true {
    this.#field.focus()
    this.#field.select()
    return true
  }

  #escape(): true {
    const { activeElement } = document
    if (activeElement instanceof HTMLInputElement && activeElement !== this.#field) {
      activeElement.blur()
    } else if (activeElement === this.#field) {
      this.#field.blur()
      if (this.#field.value === '') return true
      this.#search('')
    } else if (this.#app.selection) this.#select(undefined)
    else this.#search('')
    return true
  }

  #search(query: string): void {
    const { trace, names } = this.#app
    this.#field.value = query
    const matches = query === '' ? undefined : find(trace, names, query)
    this.#app.matches = matches
    this.#found.textContent = matches ? foundText(matches) : ''
    if (matches?.spans.length === 0) this.#nextGroup(1)
    this.#refresh()
    this.#remember()
  }

  #nextMatch(direction: 1 | -1): void {
    const { matches, selection } = this.#app
    if (!matches || matches.spans.length === 0) {
      this.#nextGroup(direction)
      return
    }
    const { spans } = matches
    const here = selection?.kind === 'span' ? selection.span : -1
    const after = spans.findIndex(span => span > here)
    const count = spans.length
    let index = direction > 0 ? after : (after < 0 ? count : after) - 1
    if (direction < 0 && spans[index] === here) index--
    const span = spans[(index + count) % count]
    this.#select({ kind: 'span', span }, 'timeline')
  }

  /** To the next task whose name matches. */
  #nextGroup(direction: 1 | -1): void {
    const groups = this.#app.matches?.groups ?? []
    if (groups.length === 0) return
    const here = groups.indexOf(this.#group)
    const next = here < 0 ? 0 : (here + direction + groups.length) % groups.length
    this.#group = groups[next]
    this.#show('timeline')
    this.#timeline.revealGroup(this.#group)
  }

  #select(selection: Selection | undefined, reveal?: TabName): void {
    this.#app.selection = selection
    this.#details.show(selection)
    this.#news.textContent = selection ? this.#details.title : ''
    if (reveal) {
      this.#show(reveal)
      if (selection) this.#views[reveal].reveal?.(selection)
    }
    this.#refresh()
    this.#remember()
  }

  #show(tab: TabName): void {
    this.#tab = tab
    for (const [name] of TABS) {
      this.#views[name].element.hidden = name !== tab
      this.#tabs[name].ariaSelected = String(name === tab)
    }
    this.#hints.replaceChildren(...hintsOn(tab))
    this.#showTooltip(undefined, [])
    this.#refresh()
    this.#remember()
  }

  #refresh(): void {
    this.#views[this.#tab].refresh()
  }

  #showTooltip(
    at: { clientX: number; clientY: number } | undefined,
    lines: readonly string[],
  ): void {
    const tooltip = this.#tooltip
    tooltip.hidden = !at || lines.length === 0
    if (!at || tooltip.hidden) return
    tooltip.replaceChildren(...lines.map(line => element('div', { textContent: line })))
    const { width, height } = tooltip.getBoundingClientRect()
    const left = Math.min(at.clientX + 14, innerWidth - width - 8)
    const isBelow = at.clientY + 18 + height < innerHeight
    tooltip.style.left = `${Math.max(left, 8)}px`
    tooltip.style.top = `${isBelow ? at.clientY + 18 : at.clientY - height - 10}px`
  }

  #remember(): void {
    clearTimeout(this.#rememberTimer)
    this.#rememberTimer = window.setTimeout(() => this.#writeAddress(), 250)
  }

  #writeAddress(): void {
    const { selection } = this.#app
    const { viewport } = this.#timeline
    const state = new URLSearchParams({ view: this.#tab })
    if (!viewport.isWhole) {
      state.set('from', viewport.from.toFixed(0))
      state.set('to', viewport.to.toFixed(0))
    }
    if (this.#field.value !== '') state.set('search', this.#field.value)
    if (selection?.kind === 'span') state.set('call', String(selection.span))
    if (selection?.kind === 'function') state.set('function', this.#app.names[selection.func])
    if (selection?.kind === 'range') state.set('range', `${selection.from}-${selection.to}`)
    settingsInto(state, this.#app, this.#timeline.rows)
    keepInAddress(state)
  }

  #restore(hash: string): void {
    const state = new URLSearchParams(hash.slice(1))
    settingsFrom(state, this.#app, this.#timeline.rows)
    this.#timeline.placeRows()
    const tab = TABS.find(([name]) => name === state.get('view'))?.[0] ?? 'timeline'
    const from = Number(state.get('from') ?? Number.NaN)
    const to = Number(state.get('to') ?? Number.NaN)
    if (to > from) this.#timeline.viewport.jump(from, to)
    this.#search(state.get('search') ?? '')
    const span = Number(state.get('call') ?? -1)
    const func = this.#app.names.indexOf(state.get('function') ?? ' ')
    if (span >= 0 && span < this.#app.trace.spans.length) this.#select({ kind: 'span', span })
    else if (func > 0) this.#select({ kind: 'function', func })
    const [, begin, end] = /^(\d+)-(\d+)$/.exec(state.get('range') ?? '') ?? []
    if (Number(end) > Number(begin)) {
      this.#select({ kind: 'range', from: Number(begin), to: Number(end) })
    }
    this.#show(tab)
  }
}

/** `48 in 3 functions, 1 row` */
function foundText({ spans, count, groups }: Matches): string {
  const calls = `${countText(spans.length)} in ${countedText(count, 'function')}`
  return groups.length === 0 ? calls : `${calls}, ${countedText(groups.length, 'row')}`
}
