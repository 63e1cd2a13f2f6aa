import { UserError } from '../../base/user-error.js'
import type { Miss, TraceFilters } from '../../filter/trace-filters.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { similarNames } from '../../timeline/function-pattern.js'
import { functionName, trackName } from '../../timeline/names.js'
import { count, counted } from './units.js'

/** `1,234 of 5,000 calls are left; --filter vfs_* has removed 3,766`; undefined without filters. */
export function filterText(filters: TraceFilters): string | undefined {
  const { removals, left } = filters
  if (removals.length === 0) return undefined
  const all = removals.reduce((sum, { calls }) => sum + calls, left)
  return `${count(left)} of ${counted(all, 'call')} are left; ${removalText(filters)}`
}

/** How many calls each filter has removed; '' without filters. */
export function removalText({ removals }: TraceFilters): string {
  return removals.map(({ filter, calls }) => `${filter} has removed ${count(calls)}`).join(', ')
}

/** Warnings about filters: values that match nothing, and that no call is left. */
export function filterWarnings(filters: TraceFilters, summary: TraceSummary): string[] {
  const misses = missTexts(filters, summary)
  const text = filterText(filters)
  return text !== undefined && filters.left === 0 ? [...misses, text] : misses
}

/** Throws a UserError if no call is left because names are not in the trace. */
export function refuseMisses(filters: TraceFilters, summary: TraceSummary): void {
  const misses = missTexts(filters, summary)
  if (misses.length > 0 && filters.left === 0) throw new UserError(misses.join('\n'))
}

/** A text for each filter value that matches nothing in the trace. */
export function missTexts(filters: TraceFilters, summary: TraceSummary): string[] {
  return filters.misses.map(miss => missText(miss, filters, summary))
}

function missText({ option, text }: Miss, { functions }: TraceFilters, { tasks }: TraceSummary) {
  switch (option) {
    case 'task': {
      const remedy = tasks.length > 0 ? `it has ${listed(tasks.map(taskName))}` : 'it names none'
      return `--task ${text}: the trace has no such task; ${remedy}`
    }
    case 'module': {
      const modules = [...new Set(functions.map(({ module }) => module || 'kernel'))]
      return `--module ${text}: the trace has no such module; it has ${listed(modules)}`
    }
    default: {
      const names = similarNames(text, functions.map(functionName))
      const remedy = names.length > 0 ? `did you mean ${names.join(', ')}` : 'check the name'
      return `--${option} ${text}: the trace has no such function; ${remedy}`
    }
  }
}

function taskName({ pid, comm }: TraceSummary['tasks'][number]): string {
  return trackName({ pid, comm, cpu: undefined })
}

const LISTED = 5

function listed(names: readonly string[]): string {
  const more = names.length - LISTED
  const shown = names.slice(0, LISTED).join(', ')
  return more > 0 ? `${shown} and ${counted(more, 'other')}` : shown
}
