/** What the details say of a range, and of a mark. */
import { bothTexts, timeText } from '../units.js'
import type { Selection } from './app.js'
import { type RangeCost, rangeCosts } from './costs.js'
import type { DetailsContext } from './details-context.js'
import { columns, type Fact, factList, MOST_ROWS, stackBlock, stackRow } from './details-parts.js'
import { button } from './dom.js'
import { TrackChoice } from './track-choice.js'

/** A range of the time. */
export function rangeDetails(
  context: DetailsContext,
  range: Extract<Selection, { kind: 'range' }>,
): HTMLElement[] {
  const { trace } = context.app
  const { from, to, group } = range
  const costs = rangeCosts(trace, context.app.costs, from, to, group)
  const facts: Fact[] = [['Length', bothTexts(to - from)], ...context.when(from)]
  const tracks = new TrackChoice(trace, 'On which tracks', () => {
    context.app.select({ ...range, group: tracks.group })
  })
  tracks.group = group
  return [
    context.head(`${timeText(to - from)} of the timeline`, 'range', [
      tracks.element,
      button('Zoom', 'Show this range (F)', () => context.app.select(range, { in: 'timeline' })),
    ]),
    columns([
      factList('This range', facts),
      ran(context, 'By self time', costs, 'self'),
      ran(context, 'By total time', costs, 'total'),
    ]),
  ]
}

/** The functions that ran, most time first. */
function ran(
  context: DetailsContext,
  title: string,
  costs: readonly RangeCost[],
  by: 'self' | 'total',
): HTMLElement {
  const most = [...costs].sort((a, b) => b[by] - a[by]).slice(0, MOST_ROWS)
  const rows = most.map(({ func, calls, [by]: time }) => context.functionRow(func, time, calls))
  return stackBlock(title, rows, 'nothing ran')
}

/** A mark of the user. */
export function markDetails(context: DetailsContext, at: number): HTMLElement[] {
  const { marks } = context.app
  const rows = marks.map((mark, index) => {
    const distance = mark === at ? '' : `${mark < at ? '-' : '+'}${timeText(Math.abs(mark - at))}`
    const select = () => context.app.select({ kind: 'mark', at: mark }, { in: 'timeline' })
    return stackRow(`${index + 1}: at ${timeText(mark)}`, distance, mark === at, select)
  })
  const next = marks.find(mark => mark > at)
  const buttons = [
    button('Remove', 'Remove this mark (Delete)', () => {
      context.app.mark(marks.filter(mark => mark !== at))
      context.app.select(undefined)
    }),
  ]
  if (next !== undefined) {
    const range = { kind: 'range', from: at, to: next } as const
    const select = () => context.app.select(range, { in: 'timeline' })
    buttons.unshift(button('To the next mark', 'What ran up to the next mark', select))
  }
  return [
    context.head(`Mark ${marks.indexOf(at) + 1}`, 'mark', buttons),
    columns([factList('This mark', context.when(at)), stackBlock('Marks', rows)]),
  ]
}
