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
    describe: 'Only calls of this function and what they call: tcp_*, /^tcp_.*msg$/',
  },
  notrace: {
    ...several,
    alias: 'N',
    describe: 'No calls of this function, nor what they call; callers keep the time',
  },
  caller: {
    ...several,
    alias: 'C',
    describe: 'Only calls of this function and those on the way to them',
  },
  hide: {
    ...several,
    alias: 'H',
    describe: 'No calls of this function; what they call moves up to their callers',
  },
  depth: {
    ...single,
    alias: 'D',
    describe: 'Only so many levels of calls; the last ones keep the time below them',
  },
  'min-duration': {
    ...single,
    alias: 't',
    describe: 'Only calls that take so long, such as 5us; callers keep other time',
  },
  range: {
    ...single,
    alias: 'r',
    describe: 'Only this time: 1.5ms~2ms since the beginning, or 606.478~ as printed',
  },
  cpu: { ...several, describe: 'Only calls that begin on these cpus: 0 or 0,2-3' },
  task: { ...several, describe: 'Only what this task does: a pid, or a name such as kworker*' },
  module: { ...several, describe: 'Only calls of functions of this module, or kernel' },
  context: {
    group,
    choices: ['task', 'irq', 'softirq'] as const satisfies readonly Context[],
    requiresArg: true,
    coerce: lastValue<Context>,
    describe: 'Only calls of this context; the time of others is taken out',
  },
} as const

/** The note about filters below the options of a command. */
export const filterNote = [
  'Filters apply in this order: --task --range --context -F -N -C -t -H --module --cpu -D; a filter',
  'that is given again takes any of its values. Calls whose begin is not in the trace get their',
  'names late: until then -F, -N, -D and --context hold what they call, at 40 bytes a call, while',
  '-t and -C hold only what is open. Calls that the edges of --range cut count as incomplete.',
].join('\n')

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
  const { filter, notrace, caller, hide, task, module, context } = args
  const filters = new TraceFilters({
    filter,
    notrace,
    caller,
    hide,
    depth: args.depth === undefined ? undefined : depthOf(args.depth),
    minDuration: minDurationOf(args['min-duration']),
    range: args.range === undefined ? undefined : timeRange(args.range),
    cpus: args.cpu?.flatMap(cpusOf),
    tasks: task,
    modules: module,
    context,
  })
  const reading = readOptionsOf(args)
  if (context && reading.interrupts === 'drop') {
    throw new UserError(
      '--context and --interrupts drop exclude one another; leave --interrupts out',
    )
  }
  const interrupts = context ? 'apart' : reading.interrupts
  const captures = captureNumbers(args.capture)
  return { options: { ...reading, interrupts, through: filters.through }, filters, captures }
}

function depthOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new UserError(`--depth: '${text}' is no number of levels; give 1 or more`)
}

function minDurationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const nanos = parseDuration(text)
  if (nanos !== undefined) return nanos
  throw new UserError(`--min-duration: ${durationProblem(text)}`)
}

/** `0,2-3` */
function cpusOf(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? []
    if (from === undefined || Number(to) < Number(from)) {
      throw new UserError(`--cpu: '${text}' is no list of cpus; write it like 0,2-3`)
    }
    const count = Number(to) - Number(from) + 1
    return Array.from({ length: count }, (_, index) => Number(from) + index)
  })
}
