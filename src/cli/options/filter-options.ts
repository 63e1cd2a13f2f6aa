import type { RunOptions } from '../../convert.js'
import {
  type FilterTexts,
  filtersOf,
  filterTexts,
  interruptsFor,
} from '../../filter/filter-texts.js'
import { type Context, TraceFilters } from '../../filter/trace-filters.js'
import type { ReadOptions } from '../../ingest/trace-reader.js'
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
    describe: filterTexts.filter,
  },
  notrace: {
    ...several,
    alias: 'N',
    describe: filterTexts.notrace,
  },
  caller: {
    ...several,
    alias: 'C',
    describe: filterTexts.caller,
  },
  hide: {
    ...several,
    alias: 'H',
    describe: filterTexts.hide,
  },
  depth: {
    ...single,
    alias: 'D',
    describe: filterTexts.depth,
  },
  'min-duration': {
    ...single,
    alias: 't',
    describe: filterTexts['min-duration'],
  },
  errors: { group, type: 'boolean', default: false, describe: filterTexts.errors },
  range: {
    ...single,
    alias: 'r',
    describe: filterTexts.range,
  },
  cpu: { ...several, describe: filterTexts.cpu },
  task: { ...several, describe: filterTexts.task },
  module: {
    ...several,
    describe: filterTexts.module,
  },
  context: {
    group,
    choices: ['task', 'irq', 'softirq'] as const satisfies readonly Context[],
    requiresArg: true,
    coerce: lastValue<Context>,
    describe: filterTexts.context,
  },
} as const

/** The note about filters below the options of a command. */
export const filterNote =
  'Filters apply in this order: --task --range --context -F -N -C -t --errors -H --module --cpu -D. A filter ' +
  'takes several values, as in -F a,b or -F a -F b. A call that began before the trace gets its ' +
  'name when it ends; until then -F, -N, -D and --context keep the calls inside it in memory, at 40 ' +
  'bytes each. Calls that --range cuts count as incomplete.'

export interface FilterArguments extends ReadOptions, FilterTexts {
  readonly capture?: readonly string[] | undefined
}

/** How a command reads a trace: the options of the reader, and the filters behind it. */
export interface Reading {
  readonly options: RunOptions
  readonly filters: TraceFilters
  /** The numbers of the captures to read of each input that names none itself; undefined for all. */
  readonly captures: readonly number[] | undefined
}

/** Reads the arguments. Filters have state: call this again for each trace. */
export function readingOf(args: FilterArguments): Reading {
  const filters = new TraceFilters(filtersOf(args))
  const reading = readOptionsOf(args)
  const interrupts = interruptsFor(args, reading.interrupts)
  const captures = captureNumbers(args.capture)
  const options = { ...reading, needsReturned: args.errors, interrupts, through: filters.through }
  return { options, filters, captures }
}
