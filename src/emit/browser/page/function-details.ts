/** What the details say of a function, and of a stack that ends in one. */
import { bothTexts, countText, exactText, shareText, timeText } from '../units.js'
import { groupOf } from './app.js'
import { callsOf, type Edge, edgesOf } from './costs.js'
import type { DetailsContext } from './details-context.js'
import {
  columns,
  type Fact,
  factList,
  longBlock,
  MOST_ROWS,
  stackBlock,
  stackRow,
} from './details-parts.js'
import { button } from './dom.js'
import type { FlameTree } from './flame-tree.js'

/** A function, with all of its calls. */
export function functionDetails(context: DetailsContext, func: number): HTMLElement[] {
  const { trace, costs } = context.app
  const { callers, callees } = edgesOf(trace, costs, func)
  const head = context.head(context.app.names[func], 'function', [
    ...context.sourceLink(func),
    context.longestButton(func),
    button('Callers and callees', 'Its callers and callees as flame graphs', () => {
      context.showAround(func)
    }),
    button('Flame graph', 'Its heaviest stack', () => {
      context.app.select({ kind: 'function', func }, { in: 'flame' })
    }),
  ])
  return [
    head,
    columns([
      factList('All calls of it', context.functionFacts(func)),
      edges(context, 'Callers', callers),
      edges(context, 'Callees', callees),
      calls(context, func, 'length'),
      calls(context, func, 'time'),
    ]),
  ]
}

function calls(context: DetailsContext, func: number, by: 'length' | 'time'): HTMLElement {
  const { trace } = context.app
  const { begins, durations } = trace.spans
  const calls = callsOf(trace, func, by)
  const title = by === 'length' ? 'Longest calls' : 'Calls in order of time'
  return longBlock(title, calls.length, at => {
    const span = calls[at]
    const where = `${timeText(begins[span])}, ${trace.groups[groupOf(trace, span)].name}`
    const time = durations[span] < 0 ? 'incomplete' : timeText(durations[span])
    const select = () => context.app.select({ kind: 'span', span }, { in: 'timeline' })
    return stackRow(`at ${where}`, time, false, select)
  })
}

function edges(context: DetailsContext, title: string, list: readonly Edge[]): HTMLElement {
  const rows = list
    .slice(0, MOST_ROWS)
    .map(({ func, calls, total }) => context.functionRow(func, total, calls))
  return stackBlock(`${title} (${countText(list.length)})`, rows)
}

/** A box of a flame graph. */
export function stackDetails(
  context: DetailsContext,
  tree: FlameTree,
  node: number,
): HTMLElement[] {
  const { names } = context.app
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
    const select = () => context.app.select({ kind: 'stack', tree, node: at }, { in: 'flame' })
    rows.push(stackRow(names[tree.functions[at]], timeText(tree.totals[at]), at === node, select))
  }
  const head = context.head(names[func], 'stack', [
    ...context.sourceLink(func),
    button('Function', 'All calls of this function', () => {
      context.app.select({ kind: 'function', func }, { in: 'functions' })
    }),
    button('Callers and callees', 'Its callers and callees as flame graphs', () => {
      context.showAround(func)
    }),
    context.longestButton(func),
  ])
  return [
    head,
    columns([
      factList('This stack', facts),
      stackBlock('Stack', rows),
      factList('All calls of it', context.functionFacts(func)),
    ]),
  ]
}
