import { countText, shareText, timeText } from '../units.js'
import type { App, View } from './app.js'
import { type Costs, type FunctionCost, functionCosts } from './costs.js'
import { element } from './dom.js'

interface Column {
  readonly title: string
  readonly hint: string
  readonly className: string
  value(cost: FunctionCost): number | string
  text(cost: FunctionCost): string
}

const HEIGHT = 26

/** The table of functions with their costs. Only visible rows are made. */
export class FunctionTable implements View {
  readonly element: HTMLElement
  readonly #app: App
  readonly #columns: readonly Column[]
  readonly #rowCount = element('caption')
  #costs: readonly FunctionCost[] = []
  /** What the costs were made from. */
  #from: Costs | undefined
  readonly #scroller: HTMLElement
  readonly #headings: readonly HTMLTableCellElement[]
  readonly #body = element('tbody')
  #order: { column: number; isUp: boolean } = { column: 3, isUp: false }
  #rows: readonly FunctionCost[] = []
  #known = ''

  constructor(app: App) {
    this.#app = app
    this.#columns = columnsOf(app)
    this.#headings = this.#columns.map(({ title, hint, className }, index) => {
      const sort = element('button', { type: 'button', textContent: title, title: hint })
      sort.onclick = () => this.#sortBy(index)
      return element('th', { className, scope: 'col' }, [sort])
    })
    this.#scroller = element('div', { className: 'scroller', tabIndex: 0 }, [
      element('table', {}, [
        this.#rowCount,
        element('thead', {}, [element('tr', {}, this.#headings)]),
        this.#body,
      ]),
    ])
    this.#scroller.ariaLabel = 'Functions'
    this.element = element('section', { className: 'view functions' }, [this.#scroller])
    this.#scroller.addEventListener('scroll', () => this.#fill())
    // Paper does not scroll.
    const { signal } = app
    addEventListener('beforeprint', () => this.#fill(true), { signal })
    addEventListener('afterprint', () => this.#fill(), { signal })
    this.#body.addEventListener('click', ({ target }) => {
      const row = (target as Element).closest('tr')
      if (row?.dataset.func) app.select({ kind: 'function', func: Number(row.dataset.func) })
    })
    this.#body.addEventListener('dblclick', ({ target }) => {
      const func = (target as Element).closest('tr')?.dataset.func
      if (func) app.select({ kind: 'function', func: Number(func) }, { in: 'flame' })
    })
  }

  refresh(): void {
    const { matches, costs, trace } = this.#app
    if (this.#from !== costs) {
      this.#from = costs
      this.#known = ''
      this.#costs = functionCosts(trace, costs).filter(
        ({ calls, incomplete }) => calls + incomplete > 0,
      )
    }
    const known = `${matches?.query ?? ''}\n${this.#order.column} ${this.#order.isUp}`
    if (known !== this.#known) {
      this.#known = known
      const { value } = this.#columns[this.#order.column]
      const sign = this.#order.isUp ? 1 : -1
      this.#rows = this.#costs
        .filter(({ func }) => !matches || matches.functions[func] === 1)
        .sort((a, b) => sign * compare(value(a), value(b)) || a.func - b.func)
      this.#scroller.scrollTop = 0
      this.#rowCount.textContent = `${countText(this.#rows.length)} functions`
    }
    this.#headings.forEach((heading, index) => {
      const isSorted = index === this.#order.column
      heading.ariaSort = isSorted ? (this.#order.isUp ? 'ascending' : 'descending') : 'none'
    })
    this.#fill()
  }

  key({ key }: KeyboardEvent): boolean {
    const by = { ArrowDown: 1, ArrowUp: -1 }[key]
    if (by === undefined) return false
    const { selection } = this.#app
    const at = this.#rows.findIndex(
      ({ func }) => selection?.kind === 'function' && selection.func === func,
    )
    const next = this.#rows[at + by]
    if (!next) return true
    const top = (at + by) * HEIGHT
    const { scrollTop, clientHeight } = this.#scroller
    // The headings stay on top of the first row.
    if (top < scrollTop) this.#scroller.scrollTop = top
    if (top + 2 * HEIGHT > scrollTop + clientHeight) {
      this.#scroller.scrollTop = top + 2 * HEIGHT - clientHeight
    }
    this.#app.select({ kind: 'function', func: next.func })
    return true
  }

  #sortBy(column: number): void {
    const isSame = column === this.#order.column
    // At first names sort upwards, numbers downwards.
    this.#order = { column, isUp: isSame ? !this.#order.isUp : column < 2 }
    this.refresh()
  }

  #fill(isAll = false): void {
    const { scrollTop, clientHeight } = this.#scroller
    const count = this.#rows.length
    const first = isAll ? 0 : Math.max(0, Math.floor(scrollTop / HEIGHT) - 10)
    const bottom = Math.ceil((scrollTop + clientHeight) / HEIGHT) + 10
    const last = isAll ? count : Math.min(count, bottom)
    this.#body.replaceChildren(
      space(first),
      ...this.#rows.slice(first, last).map(cost => this.#row(cost)),
      space(this.#rows.length - last),
    )
    if (this.#rows.length > 0) return
    const cell = element('td', { colSpan: this.#columns.length, className: 'nothing' })
    cell.textContent = this.#app.matches ? 'No function matches the search.' : 'No calls.'
    this.#body.replaceChildren(element('tr', {}, [cell]))
  }

  #row(cost: FunctionCost): HTMLTableRowElement {
    const { selection, theme, shades, costs } = this.#app
    const cells = this.#columns.map(({ className, text }) => {
      return element('td', { className, textContent: text(cost) })
    })
    cells[0].title = this.#app.names[cost.func]
    cells[0].style.setProperty('--shade', theme.shades[shades[cost.func]])
    // The bar behind the share of self time.
    cells[4].style.setProperty('--share', String(costs.total === 0 ? 0 : cost.self / costs.total))
    cells[6].style.setProperty('--share', String(costs.total === 0 ? 0 : cost.total / costs.total))
    const row = element('tr', {}, cells)
    row.dataset.func = String(cost.func)
    row.ariaSelected = String(selection?.kind === 'function' && selection.func === cost.func)
    return row
  }
}

function columnsOf(app: App): Column[] {
  const { trace } = app
  const measured = (cost: FunctionCost, value: number) => (cost.calls === 0 ? '' : timeText(value))
  const number = (
    title: string,
    hint: string,
    value: (cost: FunctionCost) => number,
    text: (cost: FunctionCost) => string,
    className = 'number',
  ): Column => ({ title, hint, className, value, text })
  const average = ({ calls, sum }: FunctionCost) => (calls === 0 ? 0 : Math.round(sum / calls))
  const share = (value: number) => shareText(value, app.costs.total)
  return [
    {
      title: 'Function',
      hint: '',
      className: 'name',
      value: ({ func }) => trace.functions[func].name,
      text: ({ func }) => trace.functions[func].name,
    },
    {
      title: 'Module',
      hint: 'Nothing for the kernel itself',
      className: 'module',
      value: ({ func }) => trace.functions[func].module,
      text: ({ func }) => trace.functions[func].module,
    },
    number(
      'Calls',
      'Measured calls',
      ({ calls }) => calls,
      ({ calls }) => countText(calls),
      'number calls',
    ),
    number(
      'Self',
      'Time in the function itself',
      ({ self }) => self,
      ({ self }) => timeText(self),
    ),
    number(
      'Self %',
      'Of all measured time',
      ({ self }) => self,
      ({ self }) => share(self),
      'number share',
    ),
    number(
      'Total',
      'With everything that it calls; recursion counts once',
      ({ total }) => total,
      ({ total }) => timeText(total),
    ),
    number(
      'Total %',
      'Of all measured time',
      ({ total }) => total,
      ({ total }) => share(total),
      'number share',
    ),
    ...changeColumns(app),
    number(
      'Avg',
      'The mean duration of a call',
      average,
      cost => measured(cost, average(cost)),
      'number wide',
    ),
    number(
      'Min',
      'The shortest call',
      ({ calls, least }) => (calls === 0 ? 0 : least),
      cost => measured(cost, cost.least),
      'number wide',
    ),
    number(
      'Max',
      'The longest call',
      ({ most }) => most,
      cost => measured(cost, cost.most),
    ),
  ]
}

/** Where there is a trace before: what a function took itself, and by how much more it takes now. */
function changeColumns({ before, names }: App): Column[] {
  if (!before) return []
  const was = new Map<string, number>()
  let from: Costs | undefined
  const selfBefore = (func: number) => {
    if (from !== before.costs) {
      from = before.costs
      for (const { func, self } of functionCosts(before.trace, from)) {
        was.set(before.names[func], self)
      }
    }
    return was.get(names[func]) ?? 0
  }
  const change = ({ func, self }: FunctionCost) => self - selfBefore(func)
  return [
    {
      title: 'Before',
      hint: 'Self time in the trace before',
      className: 'number',
      value: ({ func }) => selfBefore(func),
      text: ({ func }) => timeText(selfBefore(func)),
    },
    {
      title: 'Change',
      hint: 'By how much more self time it takes now',
      className: 'number',
      value: change,
      text: cost => `${change(cost) > 0 ? '+' : ''}${timeText(change(cost))}`,
    },
  ]
}

function space(rows: number): HTMLTableRowElement {
  const row = element('tr', { className: 'space' })
  row.style.height = `${rows * HEIGHT}px`
  return row
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : Number(a > b)
}
