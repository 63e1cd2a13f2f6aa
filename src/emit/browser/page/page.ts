import { keepInAddress } from '../address.js'
import { countedText, countText, timeText } from '../units.js'
import { type App, modelOf, type Selection, type TabName, type View } from './app.js'
import type { Trace } from './data.js'
import { Details } from './details.js'
import { button, element } from './dom.js'
import { Flame } from './flame.js'
import { helpDialog, hintsOn } from './keys.js'
import { find, type Matches } from './search.js'
import { FunctionTable } from './table.js'
import { currentTheme, onThemeChange } from './theme.js'
import { Timeline } from './timeline.js'

const TABS: readonly (readonly [TabName, string])[] = [
  ['timeline', 'Timeline'],
  ['flame', 'Flame graph'],
  ['functions', 'Functions'],
]

/** A trace in three tabs, in the body of a document. `controls` stand at the end of its head. */
export class Page {
  readonly #app: App
  readonly #views: Readonly<Record<TabName, View>>
  readonly #timeline: Timeline
  readonly #details: Details
  readonly #tabs: Readonly<Record<TabName, HTMLButtonElement>>
  readonly #field = element('input', { type: 'search', placeholder: 'Search functions and tasks' })
  readonly #found = element('span', { className: 'found' })
  readonly #tooltip = element('div', { className: 'tooltip', hidden: true })
  readonly #hints = element('footer')
  readonly #help = helpDialog()
  #tab: TabName = 'timeline'
  /** The group that a search has led to, or -1. */
  #group = -1
  #rememberTimer = 0

  constructor(trace: Trace, controls: readonly HTMLElement[] = []) {
    this.#app = {
      ...modelOf(trace),
      theme: currentTheme(),
      matches: undefined,
      selection: undefined,
      select: (selection, reveal) => this.#select(selection, reveal?.in),
      showTooltip: (at, lines) => this.#showTooltip(at, lines),
      remember: () => this.#remember(),
    }
    const app = this.#app
    this.#timeline = new Timeline(app)
    this.#views = {
      timeline: this.#timeline,
      flame: new Flame(app),
      functions: new FunctionTable(app),
    }
    this.#details = new Details(app)
    const tabs = TABS.map(([name, title], index) => {
      return [name, button(title, `${title} (${index + 1})`, () => this.#show(name))] as const
    })
    for (const [, tab] of tabs) tab.role = 'tab'
    this.#tabs = Object.fromEntries(tabs) as Record<TabName, HTMLButtonElement>
    document.body.append(
      this.#header(controls),
      element(
        'main',
        {},
        Object.values(this.#views).map(view => view.element),
      ),
      this.#details.element,
      this.#hints,
      this.#tooltip,
      this.#help,
    )
    this.#listen()
    this.#restore(location.hash)
  }

  #header(controls: readonly HTMLElement[]): HTMLElement {
    const { title } = this.#app.trace
    const facts = this.#facts()
    const allFacts = facts.map(({ textContent }) => textContent).join(' · ')
    const tabs = element('nav', { className: 'tabs' }, Object.values(this.#tabs))
    tabs.role = 'tablist'
    this.#field.ariaLabel = 'Search functions and tasks'
    return element('header', { className: 'top' }, [
      element('div', { className: 'what' }, [
        element('h1', { textContent: title, title }),
        element('p', { title: allFacts }, facts),
      ]),
      tabs,
      element('div', { className: 'search' }, [this.#found, this.#field]),
      ...controls,
      button('?', 'Keys (?)', () => this.#help.showModal()),
    ])
  }

  #facts(): HTMLElement[] {
    const { trace, costs } = this.#app
    const { span, clock, lostEvents } = trace.facts
    const tracks = trace.groups.filter(({ kind }) => kind === 'calls')
    const calls = tracks.reduce((sum, { first, last }) => sum + last - first, 0)
    const text = [countedText(calls, 'call'), countedText(tracks.length, 'track'), timeText(span)]
    const facts = [element('span', { textContent: text.join(' · ') })]
    const mark = (label: string, title: string, className = 'mark') =>
      facts.push(element('span', { className, textContent: label, title }))
    if (lostEvents > 0) {
      mark(`${countText(lostEvents)} lost`, 'Events that the trace says are missing', 'mark loss')
    }
    if (clock === 'rebuilt') {
      mark('time rebuilt', 'The trace has no timestamps: positions come from the durations')
    }
    if (clock === 'order') {
      mark(
        'order only',
        'The trace has neither timestamps nor durations: every call counts as 1 ns',
      )
    }
    if (calls > costs.calls) {
      const count = countText(calls - costs.calls)
      mark(`${count} incomplete`, 'Calls whose exit is not in the trace: they are hatched')
    }
    return facts
  }

  #listen(): void {
    addEventListener('resize', () => this.#refresh())
    new ResizeObserver(() => this.#refresh()).observe(document.querySelector('main') as Element)
    onThemeChange(() => {
      this.#app.theme = currentTheme()
      this.#refresh()
    })
    this.#field.addEventListener('input', () => this.#search(this.#field.value))
    this.#field.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.#nextMatch(event.shiftKey ? -1 : 1)
    })
    addEventListener('keydown', event => {
      if (this.#key(event)) event.preventDefault()
    })
    // By now `location` may be what was remembered meanwhile.
    addEventListener('hashchange', ({ newURL }) => this.#restore(new URL(newURL).hash))
  }

  #key(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, altKey } = event
    if (this.#help.open) return false
    const isField = document.activeElement === this.#field
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'f' && !isField) return this.#focusSearch()
    if (ctrlKey || metaKey || altKey) return false
    if (key === 'Escape') return this.#escape()
    if (isField || document.activeElement instanceof HTMLSelectElement) return false
    if (key === '/') return this.#focusSearch()
    if (key === '?') {
      this.#help.showModal()
      return true
    }
    const tab = TABS[Number(key) - 1]
    if (tab) {
      this.#show(tab[0])
      return true
    }
    if (key === '[' || key === ']') {
      this.#details.step(key === '[' ? -1 : 1)
      return true
    }
    return this.#views[this.#tab].key(event)
  }

  #focusSearch(): true {
    this.#field.focus()
    this.#field.select()
    return true
  }

  #escape(): true {
    if (document.activeElement === this.#field) {
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
    keepInAddress(state)
  }

  #restore(hash: string): void {
    const state = new URLSearchParams(hash.slice(1))
    const tab = TABS.find(([name]) => name === state.get('view'))?.[0] ?? 'timeline'
    const from = Number(state.get('from') ?? Number.NaN)
    const to = Number(state.get('to') ?? Number.NaN)
    if (to > from) this.#timeline.viewport.jump(from, to)
    this.#search(state.get('search') ?? '')
    const span = Number(state.get('call') ?? -1)
    const func = this.#app.names.indexOf(state.get('function') ?? ' ')
    if (span >= 0 && span < this.#app.trace.spans.length) this.#select({ kind: 'span', span })
    else if (func > 0) this.#select({ kind: 'function', func })
    this.#show(tab)
  }
}

/** `48 in 3 functions, 1 row` */
function foundText({ spans, count, groups }: Matches): string {
  const calls = `${countText(spans.length)} in ${countedText(count, 'function')}`
  return groups.length === 0 ? calls : `${calls}, ${countedText(groups.length, 'row')}`
}
