import type { Argv } from 'yargs'
import { type SlowCall, SlowestCalls } from '../../analyze/slowest-calls.js'
import { compared, type Typical, TypicalCalls } from '../../analyze/typical-calls.js'
import { UserError } from '../../base/user-error.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { functionPattern } from '../../timeline/function-pattern.js'
import { functionName, trackName } from '../../timeline/names.js'
import type { KernelFunction, Nanos } from '../../timeline/sink.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { functionAndInputs, functionArgument } from '../options/function-argument.js'
import { inputOption } from '../options/inputs.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { tableOptions } from '../options/table-options.js'
import { treeLimitsOf, treeOptions } from '../options/tree-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { comparedText, nestedCalls, type TreePage, treeText } from '../text/call-tree-table.js'
import { noSuchFunction } from '../text/no-such-function.js'
import { printWarnings } from '../text/summary.js'
import { wrapped } from '../text/table.js'
import { counted, timeText } from '../text/units.js'

export function options(yargs: Argv) {
  return yargs
    .positional('function', functionArgument)
    .positional('input', inputOption)
    .option('n', {
      type: 'number',
      default: 5,
      requiresArg: true,
      coerce: lastValue<number>,
      describe: 'How many calls',
    })
    .option('against', {
      choices: ['typical'] as const,
      requiresArg: true,
      coerce: lastValue<'typical'>,
      describe: 'Show where each takes more time than calls of its function typically do',
    })
    .options(treeOptions)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON, of everything' })
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
    .epilogue(filterNote)
    .example('$0 slowest vfs_read trace.txt', 'its slowest calls, and where the time went')
    .example('$0 slowest trace.txt -n 1', 'the slowest of all calls')
    .example(
      '$0 slowest vfs_read t.txt --against typical',
      'what the slow calls do more than others',
    )
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { func, inputs } = functionAndInputs(args.function, args.input)
  const limits = treeLimitsOf(args)
  const { options, filters } = readingOf(args)
  const reading = { options: { ...options, lineByLine: true }, filters }
  const typical = args.against && new TypicalCalls()
  const slowest = new SlowestCalls({
    most: mostOf(args.n),
    matches: func === undefined ? undefined : functionPattern(func),
    line: () => reading.filters.line,
    typical,
  })
  const summary = await readTraces(inputs, slowest, reading, io)
  const { functions } = slowest
  const { lines } = summary
  const isOutermost = func === undefined && reading.filters.removals.length === 0
  const origin = { ...summary, hasLines: isOutermost || lines.entry + lines.leaf > 0 }
  if (func !== undefined && slowest.slowest.length === 0) {
    throw noSuchFunction(func, functions.slice(1), reading.filters)
  }
  if (args.json) {
    const calls = slowest.slowest.map(call => ({
      ...callForPrograms(call, slowest, origin),
      ...(typical && { typical: typicalForPrograms(typical.of(call.func), functions) }),
    }))
    const { diagnostics } = summary
    io.stdout.write(`${JSON.stringify({ calls, diagnostics }, null, 2)}\n`)
    return exitCodes.done
  }
  const page = { ...limits, ...tableSpace(io, args.color), functions, ns: args.ns }
  const texts = slowest.slowest.map((call, index) => {
    const title = titleText(index + 1, call, slowest, origin, page)
    if (!typical) return title + treeText([call.tree], { name: 'FUNCTION', hasSelf: true }, page)
    const usual = typical.of(call.func)
    return title + (usual ? againstText(call, usual, page) : TOO_FEW)
  })
  io.stdout.write(texts.join('\n'))
  printWarnings(summary, io.stderr)
  return exitCodes.done
}

function mostOf(n: number): number {
  if (Number.isInteger(n) && n > 0) return n
  throw new UserError('-n: is no number of calls; give 1 or more')
}

/** What is known of the trace that calls are from. */
interface Origin extends Pick<TraceSummary, 'clock' | 'origin'> {
  /** Exits alone are told by outermost calls: what these call stands at lines of its own. */
  readonly hasLines: boolean
}

function titleText(
  rank: number,
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin, hasLines }: Origin,
  page: TreePage,
): string {
  const name = functionName(functions[call.func])
  const task = trackName(tracks[call.track])
  const cpu = call.cpu < 0 || task === `CPU ${call.cpu}` ? '' : ` on CPU ${call.cpu}`
  const moment = call.hasEntry ? call.begin : call.end
  const time =
    clock === 'timestamps'
      ? timestamp(origin, moment)
      : `${timeText(moment, page.ns).trim()}, rebuilt`
  const place = hasLines ? `, line ${call.line}` : ''
  const where = `${task}${cpu}, ${call.hasEntry ? 'at' : 'which ended at'} ${time}${place}`
  const head = `${rank}. ${name} ${timeText(call.duration, page.ns).trim()}, ${where}`
  const lines = wrapped(head, page.width || Number.POSITIVE_INFINITY)
  return lines.map(text => `${page.paint('bold', text)}\n`).join('')
}

function againstText(call: SlowCall, { calls, tree }: Typical, page: TreePage): string {
  const middle = `typical is the mean of the middle fifth of ${counted(calls, 'call')}`
  return `${middle}\n${comparedText(compared(call.tree, tree), page)}`
}

const TOO_FEW = 'nothing is typical of so few calls of the function\n'

function typicalForPrograms(typical: Typical | undefined, functions: readonly KernelFunction[]) {
  if (!typical) return null
  return { of_calls: typical.calls, tree: nestedCalls([typical.tree], functions)[0] }
}

function callForPrograms(
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin, hasLines }: Origin,
) {
  const track = tracks[call.track]
  return {
    ...functions[call.func],
    duration_ns: call.duration,
    task: trackName(track),
    pid: track.pid ?? null,
    cpu: call.cpu < 0 ? null : call.cpu,
    has_entry: call.hasEntry,
    begin_ns: call.begin,
    end_ns: call.end,
    line: hasLines ? call.line : null,
    timestamp: clock === 'timestamps' ? timestamp(origin, call.begin) : null,
    tree: nestedCalls([call.tree], functions)[0],
  }
}

/** A position as the trace prints it: in seconds, with as many digits as it has. */
function timestamp(origin: string, at: Nanos): string {
  const [seconds = '', fraction = ''] = origin.split('.')
  const nanos = BigInt(seconds + fraction.padEnd(9, '0')) + BigInt(at)
  const digits = String(nanos).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9).slice(0, fraction.length)}`
}
