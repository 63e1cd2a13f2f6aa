import type { Argv } from 'yargs'
import { functionPattern } from '../timeline/function-pattern.js'
import { type SlowCall, SlowestCalls } from '../analyze/slowest-calls.js'
import { UserError } from '../base/user-error.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { functionName, trackName } from '../timeline/names.js'
import type { KernelFunction, Nanos, Track } from '../timeline/sink.js'
import { inputOption, readTraces, tellOddities } from './analysis.js'
import {
  levelsOption,
  limitsOf,
  minPercentOption,
  nestedCalls,
  type TreePage,
  treeText,
} from './call-lines.js'
import { exitCodes } from './exit-codes.js'
import { filterNote, filterOptions, readingOf } from './filter-options.js'
import { functionAndInputs, functionArgument, noSuchFunction } from './function-argument.js'
import { last } from './last.js'
import { readingOptions } from './reading-options.js'
import { colorOption, paintFor } from './style.js'
import { wrapped } from './table.js'
import { timeText } from './units.js'

export function options(yargs: Argv) {
  return yargs
    .positional('function', functionArgument)
    .positional('input', inputOption)
    .option('n', {
      type: 'number',
      default: 5,
      requiresArg: true,
      coerce: last<number>,
      describe: 'How many calls',
    })
    .option('min-percent', minPercentOption)
    .option('levels', levelsOption)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON, of everything' })
    .option('ns', { type: 'boolean', default: false, describe: 'Print times as plain ns' })
    .option('color', colorOption)
    .options(filterOptions)
    .options(readingOptions)
    .epilogue(filterNote)
    .example('$0 slowest vfs_read trace.txt', 'its slowest calls, and where the time went')
    .example('$0 slowest trace.txt -n 1', 'the slowest of all calls')
    .example('$0 slowest vfs_read trace.txt -n 20 --levels 1', 'only when, where and how long')
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args): Promise<number> {
  const { func, inputs } = functionAndInputs(args.function, args.input)
  const limits = limitsOf(args)
  const slowest = new SlowestCalls({
    most: mostOf(args.n),
    isMeant: func === undefined ? undefined : functionPattern(func),
  })
  const summary = await readTraces(inputs, slowest, readingOf(args))
  const { functions } = slowest
  if (func !== undefined && slowest.slowest.length === 0) {
    throw noSuchFunction(func, functions.slice(1))
  }
  if (args.json) {
    const calls = slowest.slowest.map(call => callForPrograms(call, slowest, summary))
    const { diagnostics } = summary
    process.stdout.write(`${JSON.stringify({ calls, diagnostics }, null, 2)}\n`)
    return exitCodes.done
  }
  const page = { ...limits, functions, ns: args.ns, paint: paintFor(process.stdout, args.color) }
  const texts = slowest.slowest.map((call, index) =>
    callText(index + 1, call, slowest, summary, page),
  )
  process.stdout.write(texts.join('\n'))
  tellOddities(summary)
  return exitCodes.done
}

function mostOf(n: number): number {
  if (Number.isInteger(n) && n > 0) return n
  throw new UserError('-n: is no number of calls; give 1 or more')
}

function callText(
  rank: number,
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin }: TraceSummary,
  page: TreePage,
): string {
  const name = functionName(functions[call.func] as KernelFunction)
  const task = trackName(tracks[call.track] as Track)
  const cpu = call.cpu < 0 || task === `CPU ${call.cpu}` ? '' : ` on CPU ${call.cpu}`
  const moment = call.hasEntry ? call.begin : call.end
  const time =
    clock === 'timestamps'
      ? timestamp(origin, moment)
      : `${timeText(moment, page.ns).trim()}, rebuilt`
  const where = `${task}${cpu}, ${call.hasEntry ? 'at' : 'which ended at'} ${time}`
  const head = `${rank}. ${name} ${timeText(call.duration, page.ns).trim()}, ${where}`
  const lines = wrapped(head, process.stdout.columns || Number.POSITIVE_INFINITY)
  const title = lines.map(line => `${page.paint('bold', line)}\n`).join('')
  return title + treeText([call.tree], { name: 'FUNCTION', hasSelf: true }, page)
}

function callForPrograms(
  call: SlowCall,
  { functions, tracks }: SlowestCalls,
  { clock, origin }: TraceSummary,
) {
  const track = tracks[call.track] as Track
  return {
    ...functions[call.func],
    duration_ns: call.duration,
    task: trackName(track),
    pid: track.pid ?? null,
    cpu: call.cpu < 0 ? null : call.cpu,
    has_entry: call.hasEntry,
    begin_ns: call.begin,
    end_ns: call.end,
    timestamp: clock === 'timestamps' ? timestamp(origin, call.begin) : null,
    tree: nestedCalls([call.tree], functions)[0],
  }
}

/** A position as the trace prints it: in seconds, cut to the microsecond. */
function timestamp(origin: string, at: Nanos): string {
  const [seconds = '0', micros = '0'] = origin.split('.')
  const sum = BigInt(seconds) * 1_000_000n + BigInt(micros) + BigInt(Math.floor(at / 1000))
  return `${sum / 1_000_000n}.${String(sum % 1_000_000n).padStart(6, '0')}`
}
