/** The texts of the timeline: tooltips and contents of groups. */
import { bothTexts, countedText, countText, timeText } from '../units.js'
import { type App, groupOf, type Selection, spanName } from './app.js'
import { valueAt } from './counters.js'
import type { Group, Trace } from './data.js'

/** The tooltip of a span or an instant. */
export function selectionLines(app: App, selection: Selection): string[] {
  const { trace, costs } = app
  if (selection.kind === 'instant') {
    const { names, texts, begins } = trace.instants
    const { instant } = selection
    const text = trace.texts[texts[instant]]
    return [trace.texts[names[instant]], `at ${bothTexts(begins[instant])}`, text].filter(Boolean)
  }
  if (selection.kind !== 'span') return []
  const { span } = selection
  const { begins, ends, durations } = trace.spans
  const group = trace.groups[groupOf(trace, span)]
  const name = spanName(app, group, span)
  if (group.kind !== 'calls') return [name, bothTexts(ends[span] - begins[span])]
  if (durations[span] < 0) return [name, 'incomplete: the trace does not show its exit']
  const lines = [name, bothTexts(durations[span]), `self ${bothTexts(costs.self[span])}`]
  if (trace.lates.has(span)) lines.push('began before the trace shows it')
  return lines
}

/** The tooltip of a counter. */
export function counterLines(group: Group | undefined, position: number | undefined): string[] {
  if (position === undefined || !group?.steps) return []
  const value = valueAt(group.steps, position)
  return value === undefined ? [] : [group.name, countText(value)]
}

/** The tooltip of losses that stand close together. */
export function lossLines(losses: Trace['losses']): string[] {
  return losses.slice(0, 8).map(({ cpu, events, at }) => {
    const count = events === 0 ? 'events' : countedText(events, 'event')
    return `${count} of CPU ${cpu} lost before ${timeText(at)}`
  })
}

/** The contents of a group: `12 calls, 3 events`. */
export function contentText({ kind, first, last, instants, steps }: Group): string {
  const parts: string[] = []
  if (last > first) parts.push(countedText(last - first, kind === 'calls' ? 'call' : 'section'))
  if (instants.length > 0) parts.push(countedText(instants.length, 'event'))
  if (steps) parts.push(countedText(steps.positions.length, 'value'))
  return parts.join(', ')
}
