import { bothTexts, countedText, countText, shareText, timeText } from '../units.js'
import { type App, groupOf } from './app.js'
import { type Costs, callsOf, type FunctionCost, functionCosts } from './costs.js'
import { type Fact, stackRow, timestampText } from './details-parts.js'
import { button, element } from './dom.js'

/** What all details share. */
export class DetailsContext {
  readonly app: App
  /** Shows a function between its callers and callees. */
  readonly showAround: (func: number) => void
  /** By function, for the costs that they were made from. */
  #functions: { readonly from: Costs; readonly costs: readonly FunctionCost[] } | undefined

  constructor(app: App, showAround: (func: number) => void) {
    this.app = app
    this.showAround = showAround
  }

  head(name: string, kind: string, buttons: readonly HTMLElement[]): HTMLElement {
    const close = button('×', 'Close (Esc)', () => this.app.select(undefined))
    close.className = 'close'
    return element('header', {}, [
      element('h2', { textContent: name, title: name }),
      element('span', { className: 'kind', textContent: kind }),
      element('span', { className: 'buttons' }, [...buttons, close]),
    ])
  }

  /** Since the first moment of the trace, and by its own clock. */
  when(at: number): Fact[] {
    const { origin } = this.app.trace.facts
    const begin: Fact = ['Begin', bothTexts(at)]
    return origin === '' ? [begin] : [begin, ['Timestamp', timestampText(origin, at)]]
  }

  functionFacts(func: number): Fact[] {
    const { trace, costs } = this.app
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

  /** The time and the calls of a function; -1 stands for no function. */
  functionRow(func: number, time: number, calls: number): HTMLElement {
    const name = func < 0 ? '(outermost)' : this.app.names[func]
    const select = () => this.app.select({ kind: 'function', func }, { in: 'functions' })
    const numbers = `${timeText(time)} in ${countedText(calls, 'call')}`
    return stackRow(name, numbers, func < 0, select)
  }

  /** To the source of a function, where the page knows a site for it. */
  sourceLink(func: number): HTMLElement[] {
    const { sourceUrl, functions } = this.app.trace
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

  longestButton(func: number): HTMLElement {
    return button('Longest call', 'In the timeline', () => {
      const span = callsOf(this.app.trace, func, 'length')[0]
      if (span !== undefined) this.app.select({ kind: 'span', span }, { in: 'timeline' })
    })
  }

  /** To another call of the same function. */
  step(direction: 1 | -1): void {
    const { selection, trace } = this.app
    if (selection?.kind !== 'span') return
    const { names, length } = trace.spans
    const isCalls = (span: number) => trace.groups[groupOf(trace, span)].kind === 'calls'
    const name = names[selection.span]
    const kind = isCalls(selection.span)
    for (let span = selection.span + direction; span >= 0 && span < length; span += direction) {
      if (names[span] !== name || isCalls(span) !== kind) continue
      this.app.select({ kind: 'span', span }, { in: 'timeline' })
      return
    }
  }
}
