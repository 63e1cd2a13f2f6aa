/** What the details say of a call and of an event. */
import { errnoOf, shownNotes } from '../../../timeline/notes.js'
import { bothTexts, shareText, timeText } from '../units.js'
import { groupOf, spanName } from './app.js'
import type { DetailsContext } from './details-context.js'
import {
  block,
  columns,
  cpuAt,
  type Fact,
  factList,
  longBlock,
  MOST_ROWS,
  stackBlock,
  stackRow,
} from './details-parts.js'
import { button, element } from './dom.js'
import { notesOf } from './notes.js'

/** A call or a section. */
export function callDetails(context: DetailsContext, span: number): HTMLElement[] {
  const { trace } = context.app
  const group = trace.groups[groupOf(trace, span)]
  const { begins, ends } = trace.spans
  const name = spanName(context.app, group, span)
  if (group.kind !== 'calls') {
    const facts: Fact[] = [
      ['Length', bothTexts(ends[span] - begins[span])],
      ...context.when(begins[span]),
      ['Row', group.name],
    ]
    return [context.head(name, 'section', []), columns([factList('Section', facts)])]
  }
  const func = trace.spans.names[span]
  const head = context.head(name, 'call', [
    ...context.sourceLink(func),
    button('Previous', 'The call of this function before this one ([)', () => context.step(-1)),
    button('Next', 'The next call of this function (])', () => context.step(1)),
    button('Flame graph', 'Its stack among all stacks', () => {
      context.app.select({ kind: 'span', span }, { in: 'flame' })
    }),
    button('Function', 'All calls of this function', () => {
      context.app.select({ kind: 'function', func }, { in: 'functions' })
    }),
  ])
  return [
    head,
    columns([
      factList('This call', callFacts(context, span)),
      notes(context, span),
      callers(context, span),
      factList('All calls of it', context.functionFacts(func)),
    ]),
  ]
}

function callFacts(context: DetailsContext, span: number): Fact[] {
  const { trace, costs } = context.app
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
  facts.push(...context.when(begins[span]))
  // Positions come from timestamps, which are cut to microseconds; durations are measurements.
  if (duration >= 0 && length !== duration) facts.push(['Shown length', bothTexts(length)])
  facts.push(['Track', group.name])
  const cpu = cpuAt(group, begins[span])
  if (cpu !== undefined) facts.push(['CPU', String(cpu)])
  return facts
}

function notes(context: DetailsContext, span: number): HTMLElement | undefined {
  const notes = notesOf(context.app.trace, span)
  if (!notes) return undefined
  const isError = errnoOf(notes) !== ''
  const facts = shownNotes(notes).map(([key, value]): Fact => {
    return [key, String(value), isError && key.startsWith('return') ? 'error' : '']
  })
  return factList('Arguments and result', facts)
}

function callers(context: DetailsContext, span: number): HTMLElement {
  const { trace } = context.app
  const { parents, durations } = trace.spans
  const group = trace.groups[groupOf(trace, span)]
  const rows: HTMLElement[] = []
  for (let at = span; at >= 0 && rows.length < MOST_ROWS; at = parents[at]) {
    const time = durations[at] < 0 ? '' : timeText(durations[at])
    const select = () => context.app.select({ kind: 'span', span: at }, { in: 'timeline' })
    rows.push(stackRow(spanName(context.app, group, at), time, at === span, select))
  }
  return stackBlock('Stack', rows)
}

/** All calls that returned an error, in order of time. */
export function failuresDetails(context: DetailsContext): HTMLElement[] {
  const { trace, failures } = context.app
  const { begins } = trace.spans
  const calls = Int32Array.from(failures).sort((a, b) => begins[a] - begins[b])
  const list = longBlock('In order of time', calls.length, at => {
    const span = calls[at]
    const group = trace.groups[groupOf(trace, span)]
    const error = errnoOf(notesOf(trace, span))
    const select = () => context.app.select({ kind: 'span', span }, { in: 'timeline' })
    const text = `${spanName(context.app, group, span)} = ${error}`
    return stackRow(text, `at ${timeText(begins[span])}, ${group.name}`, false, select)
  })
  return [context.head('Calls that returned an error', 'errors', []), columns([list])]
}

/** An event. */
export function instantDetails(context: DetailsContext, instant: number): HTMLElement[] {
  const { trace } = context.app
  const { names, texts, stacks, begins, groups } = trace.instants
  const group = trace.groups[groups[instant]]
  const text = trace.texts[texts[instant]]
  const stack = trace.texts[stacks[instant]]
  const facts: Fact[] = [...context.when(begins[instant]), ['Track', group.name]]
  const cpu = cpuAt(group, begins[instant])
  if (cpu !== undefined) facts.push(['CPU', String(cpu)])
  const wakeUp = context.app.wakeUps.find(each => each.instant === instant)
  const buttons: HTMLElement[] = []
  if (wakeUp) {
    const task = trace.groups[wakeUp.to]
    facts.push(['Wakes', `${task.name}, which runs ${timeText(wakeUp.runs - wakeUp.at)} later`])
    const first = task.rows[0]?.find(span => trace.spans.ends[span] > wakeUp.runs)
    if (first !== undefined) {
      const go = () => context.app.select({ kind: 'span', span: first }, { in: 'timeline' })
      buttons.push(button('To the task', `To the first call of ${task.name} then`, go))
    }
  }
  return [
    context.head(trace.texts[names[instant]], 'event', buttons),
    columns([
      factList('This event', facts),
      text === '' ? undefined : block('Text', element('pre', { textContent: text })),
      stack === '' ? undefined : block('Stack', element('pre', { textContent: stack })),
    ]),
  ]
}
