/** Filters as users write them: in options of the command line, and in fields of a page. */
import { UserError } from '../base/user-error.js'
import { durationProblem, parseDuration } from '../timeline/duration-text.js'
import { type Context, type FilterOptions, timeRange } from './trace-filters.js'

/** What each filter does, by its name. The names are those of uftrace. */
export const filterTexts = {
  filter: 'Keep only calls of this function and the calls inside them: tcp_*, /^tcp_.*msg$/',
  notrace: 'Drop calls of this function and the calls inside them; the caller keeps the time',
  caller: 'Keep only calls of this function and the calls that lead to them',
  hide: 'Drop calls of this function; the calls inside them move up to the caller',
  depth: 'Keep only this many levels of calls; the last level keeps the time below it',
  'min-duration':
    'Keep only calls that take at least this long, such as 5us; callers keep the rest',
  errors: 'Keep only calls that returned an errno, and the calls that lead to them',
  range: 'Keep only this time: 1.5ms~2ms from the start, or 606.478~ as the trace prints it',
  cpu: 'Keep only calls that begin on these cpus: 0 or 0,2-3',
  task: 'Keep only this task: a pid, or a name such as kworker*',
  module: 'Keep only functions of this module; kernel is the kernel itself',
  context: 'Keep only calls in this context; the time of others is taken out',
} as const

export type FilterName = keyof typeof filterTexts

/** The values of filters. */
export interface FilterTexts {
  readonly filter?: readonly string[] | undefined
  readonly notrace?: readonly string[] | undefined
  readonly caller?: readonly string[] | undefined
  readonly hide?: readonly string[] | undefined
  readonly depth?: string | undefined
  readonly 'min-duration'?: string | undefined
  readonly errors?: boolean | undefined
  readonly range?: string | undefined
  readonly cpu?: readonly string[] | undefined
  readonly task?: readonly string[] | undefined
  readonly module?: readonly string[] | undefined
  readonly context?: Context | undefined
}

/** Reads them. Throws a UserError that names the filter. */
export function filtersOf(texts: FilterTexts): FilterOptions {
  return {
    filter: listOf(texts.filter),
    notrace: listOf(texts.notrace),
    caller: listOf(texts.caller),
    hide: listOf(texts.hide),
    depth: texts.depth === undefined ? undefined : depthOf(texts.depth),
    minDuration: minDurationOf(texts['min-duration']),
    errors: texts.errors,
    range: texts.range === undefined ? undefined : timeRange(texts.range),
    cpus: texts.cpu?.flatMap(cpusOf),
    tasks: listOf(texts.task),
    modules: listOf(texts.module),
    context: texts.context,
  }
}

/**
 * How the reader has to show interrupts for these filters, if `asked` is wanted: a context needs them apart. Throws a
 * UserError if it is wanted to drop them.
 */
export function interruptsFor<Shown extends string>(
  { context }: Pick<FilterTexts, 'context'>,
  asked: Shown | undefined,
): Shown | 'apart' | undefined {
  if (context && asked === 'drop') {
    throw new UserError(
      '--context and --interrupts drop cannot be combined; leave out --interrupts',
    )
  }
  return context ? 'apart' : asked
}

/** `a,b` are two values; the commas of a `/regular expression/` are its own. */
export function listOf(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap(text =>
    /^\/.+\/$/s.test(text) ? [text] : text.split(',').filter(part => part !== ''),
  )
}

export function depthOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new UserError(`--depth: '${text}' is not a number of levels; give 1 or more`)
}

export function minDurationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const nanos = parseDuration(text)
  if (nanos !== undefined) return nanos
  throw new UserError(`--min-duration: ${durationProblem(text)}`)
}

/** `0,2-3` */
export function cpusOf(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? []
    if (from === undefined || Number(to) < Number(from)) {
      throw new UserError(`--cpu: '${text}' is not a list of cpus; write it like 0,2-3`)
    }
    const count = Number(to) - Number(from) + 1
    return Array.from({ length: count }, (_, index) => Number(from) + index)
  })
}
