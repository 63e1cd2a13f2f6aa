import type { Argv } from 'yargs'
import { SlowestCalls } from '../../analyze/slowest-calls.js'
import { TypicalCalls } from '../../analyze/typical-calls.js'
import { UserError } from '../../base/user-error.js'
import { functionPattern } from '../../timeline/function-pattern.js'
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
import { treeText } from '../text/call-tree-table.js'
import { noSuchFunction } from '../text/no-such-function.js'
import {
  againstText,
  slowCallDocument,
  slowCallTitle,
  typicalDocument,
} from '../text/slow-call-text.js'
import { printWarnings } from '../text/summary.js'

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
  const { options, ...others } = readingOf(args)
  const reading = { options: { ...options, lineByLine: true }, ...others }
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
      ...slowCallDocument(call, slowest, origin),
      ...(typical && { typical: typicalDocument(typical.of(call.func), functions) }),
    }))
    const { diagnostics } = summary
    io.stdout.write(`${JSON.stringify({ calls, diagnostics }, null, 2)}\n`)
    return exitCodes.done
  }
  const page = { ...limits, ...tableSpace(io, args.color), functions, ns: args.ns }
  const texts = slowest.slowest.map((call, index) => {
    const title = slowCallTitle(index + 1, call, slowest, origin, page)
    if (!typical) return title + treeText([call.tree], { name: 'FUNCTION', hasSelf: true }, page)
    return title + againstText(call, typical.of(call.func), page)
  })
  io.stdout.write(texts.join('\n'))
  printWarnings(summary, io.stderr)
  return exitCodes.done
}

function mostOf(n: number): number {
  if (Number.isInteger(n) && n > 0) return n
  throw new UserError('-n: is no number of calls; give 1 or more')
}
