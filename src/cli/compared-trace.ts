import { CallStatistics } from '../analyze/call-statistics.js'
import type { ErrorOrigins } from '../analyze/error-origins.js'
import type { TraceFilters } from '../filter/trace-filters.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { isReadOnce } from '../node/input.js'
import type { FunctionPattern } from '../timeline/function-pattern.js'
import { tee } from '../timeline/sinks/index.js'
import { StackWeights } from '../timeline/stacks/index.js'
import type { Io } from './io.js'
import { namedCaptures } from './options/capture-numbers.js'
import { type FilterArguments, readingOf } from './options/filter-options.js'
import { readTraces } from './read-traces.js'
import { readingErrors } from './reading-errors.js'

/** One of the two traces that `fgraph diff` compares. */
export interface ComparedTrace {
  readonly path: string
  readonly statistics: CallStatistics
  /** Empty unless wanted. */
  readonly weights: StackWeights
  readonly hasReturns: boolean
  /** Of a trace that can be read only once; of any other, another reading finds them if they are wanted. */
  readonly errors: ErrorOrigins | undefined
  readonly summary: TraceSummary
  readonly filters: TraceFilters
}

/** What is wanted of a trace: errors whose way leads through one of the functions, and whether stacks. */
interface Wanted {
  readonly matches: FunctionPattern | undefined
  readonly stacks: boolean
}

/**
 * Reads a trace. Errors found on the way know interrupts by the names of their functions, unless `--interrupts` shows these
 * apart; to find them costs a third more where there are none, so of files they are left to another reading.
 */
export async function readCompared(
  path: string,
  { matches, stacks }: Wanted,
  args: FilterArguments,
  io: Io,
): Promise<ComparedTrace> {
  const statistics = new CallStatistics({ by: 'function' })
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const found = isReadOnce(namedCaptures(path).path) ? readingErrors(args, matches) : undefined
  const errors = found?.errors
  const { options, filters, captures } = found?.reading ?? readingOf(args)
  const sink = tee([statistics, ...(stacks ? [weights] : []), ...(errors ? [errors] : [])])
  const reading = { options: { ...options, needsReturned: true }, filters, captures }
  const summary = await readTraces([path], sink, reading, io)
  const hasReturns = statistics.rows().some(({ row }) => row.returns > 0)
  return { path, statistics, weights, hasReturns, errors, summary, filters }
}
