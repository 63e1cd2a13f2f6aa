/** How a trace is read as the user wants it. */
import { UserError } from '../base/user-error.js'
import type { RunOptions } from '../convert.js'
import { sourceUrlProblem } from '../emit/source-url.js'
import { filtersOf, interruptsFor } from '../filter/filter-texts.js'
import { type Context, TraceFilters } from '../filter/trace-filters.js'
import type { ReadOptions } from '../ingest/trace-reader.js'
import type { Wishes } from './messages.js'

/** A trace as wished: the filters, and all options of reading and writing. */
export interface WishedReading {
  readonly filters: TraceFilters
  readonly options: RunOptions & { readonly sourceUrl?: string | undefined }
}

/** Throws a UserError for what cannot be read. */
export function readingOf(wishes: Wishes): WishedReading {
  const several = (name: string) => (wishes[name] === undefined ? undefined : [wishes[name]])
  const context = wishes.context as Context | undefined
  const filters = new TraceFilters(
    filtersOf({
      filter: several('filter'),
      notrace: several('notrace'),
      caller: several('caller'),
      hide: several('hide'),
      errors: wishes.errors === 'only',
      depth: wishes.depth,
      'min-duration': wishes['min-duration'],
      range: wishes.range,
      cpu: several('cpu'),
      task: several('task'),
      module: several('module'),
      context,
    }),
  )
  const sourceUrl = wishes['source-url']
  const problem = sourceUrl === undefined ? undefined : sourceUrlProblem(sourceUrl)
  if (problem !== undefined) throw new UserError(`--source-url: ${problem}`)
  const interrupts = interruptsFor({ context }, wishes.interrupts as ReadOptions['interrupts'])
  const through = filters.isEmpty ? undefined : filters.through
  const needsReturned = wishes.errors === 'only'
  return { filters, options: { needsReturned, interrupts, through, sourceUrl } }
}

/** Throws a UserError if nothing has passed the filters. */
export function refuseNothing({ filters }: WishedReading): void {
  if (filters.isEmpty || filters.left > 0) return
  const misses = filters.misses.map(({ option, text }) => `--${option} ${text}`)
  const why = misses.length > 0 ? `: nothing matches ${misses.join(', ')}` : ''
  throw new UserError(`No call passes the filters${why}`)
}
