import { UserError } from '../../base/user-error.js'
import { type Context, TraceFilters, timeRange } from '../../filter/trace-filters.js'
import type { ReadOptions } from '../../ingest/trace-reader.js'
import { durationProblem, parseDuration } from '../../timeline/duration-text.js'
import { captureNumbers } from './capture-numbers.js'
import { lastValue } from './last-value.js'
import { readOptionsOf } from './reading-options.js'

const group = 'Filters:'
/** May be given several times: one of the values has to match. */
const several = { group, type: 'string', array: true, nargs: 1, requiresArg: true } as const
const single = { group, type: 'string', requiresArg: true, coerce: lastValue<string> } as const

/** For all commands that read traces: what to keep of them. The names are those of uftrace. */
export const filterOptions = {
  filter: {
    ...several,
    alias: 'F',
    describe: 'Keep only calls of this function and the calls inside them: tcp_*, /^tcp_.*msg$/',
  },
  notrace: {
    ...several,
    alias: 'N',
    describe: 'Drop calls of this function and the calls inside them; the caller keeps the time',
  },
  caller: {
    ...several,
    alias: 'C',
    describe: 'Keep only calls of this function and the calls that lead to them',
  },
  hide: {
    ...several,
    alias: 'H',
    describe: 'Drop calls of this function; the calls inside them move up to the caller',
  },
  depth: {
    ...single,
    alias: 'D',
    describe: 'Keep only this many levels of calls; the last level keeps the time below it',
  },
  'min-duration': {
    ...single,
    alias: 't',
    describe: 'Keep only calls that take at least this long, such as 5us; callers keep the rest',
  },
  range: {
    ...single,
    alias: 'r',
    describe: 'Keep only this time: 1.5ms~2ms from the start, or 606.478~ as the trace prints it',
  },
  cpu: { ...several, describe: 'Keep only calls that begin on these cpus: 0 or 0,2-3' },
  task: { ...several, describe: 'Keep only this task: a pid, or a name such as kworker*' },
  module: {
    ...several,
    describe: 'Keep only functions of this module; kernel is the kernel itself',
  },
  context: {
    group,
    choices: ['task', 'irq', 'softirq'] as const satisfies readonly Context[],
    requiresArg: true,
    coerce: lastValue<Context>,
    describe: 'Keep only calls in this context; the time of others is taken out',
  },
} as const

/** The note about filters below the options of a command. */
export const filterNote =
  'Filters apply in this order: --task --range --context -F -N -C -t -H --module --cpu -D. A filter ' +
  'takes several values, as in -F a,b or -F a -F b. A call that began before the trace gets its ' +
  'name when it ends; until then -F, -N, -D and --context keep the calls inside it in memory, at 40 ' +
  'bytes each. Calls that --range cuts count as incomplete.'

interface FilterArguments extends ReadOptions {
  readonly capture?: readonly string[] | undefined
  readonly filter?: readonly string[] | undefined
  readonly notrace?: readonly string[] | undefined
  readonly caller?: readonly string[] | undefined
  readonly hide?: readonly string[] | undefined
  readonly depth?: string | undefined
  readonly 'min-duration'?: string | undefined
  readonly range?: string | undefined
  readonly cpu?: readonly string[] | undefined
  readonly task?: readonly string[] | undefined
  readonly module?: readonly string[] | undefined
  readonly context?: Context | undefined
}

/** How a command reads a trace: the options of the reader, and the filters behind it. */
export interface Reading {
  readonly options: ReadOptions
  readonly filters: TraceFilters
  /** The numbers of the captures to read of each input that names none itself; undefined for all. */
  readonly captures: readonly number[] | undefined
}

/** Reads the arguments. Filters have state: call this again for each trace. */
export function readingOf(args: FilterArguments): Reading {
  const { context } = args
  const filters = new TraceFilters({
    filter: listOf(args.filter),
    notrace: listOf(args.notrace),
    caller: listOf(args.caller),
    hide: listOf(args.hide),
    depth: args.depth === undefined ? undefined : depthOf(args.depth),
    minDuration: minDurationOf(args['min-duration']),
    range: args.range === undefined ? undefined : timeRange(args.range),
    cpus: args.cpu?.flatMap(cpusOf),
    tasks: listOf(args.task),
    modules: listOf(args.module),
    context,
  })
  const reading = readOptionsOf(args)
  if (context && reading.interrupts === 'drop') {
    throw new UserError(
      '--context and --interrupts drop cannot be combined; leave out --interrupts',
    )
  }
  const interrupts = context ? 'apart' : reading.interrupts
  const captures = captureNumbers(args.capture)
  return { options: { ...reading, interrupts, through: filters.through }, filters, captures }
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
