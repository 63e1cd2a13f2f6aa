import type { Argv } from 'yargs'
import { functionGraph, type MergedCalls, mergedCalls } from '../../analyze/merged-calls.js'
import { functionPattern } from '../../timeline/function-pattern.js'
import { StackWeights } from '../../timeline/stacks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { functionAndInputs, functionArgument } from '../options/function-argument.js'
import { inputOption } from '../options/inputs.js'
import { readingOptions } from '../options/reading-options.js'
import { tableOptions } from '../options/table-options.js'
import { treeLimitsOf, treeOptions } from '../options/tree-options.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import { nestedCalls, type TreeHeads, treeText } from '../text/call-tree-table.js'
import { noSuchFunction } from '../text/no-such-function.js'
import { printWarnings } from '../text/summary.js'

export function options(yargs: Argv) {
  return yargs
    .positional('function', functionArgument)
    .positional('input', inputOption)
    .options(treeOptions)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON, of everything' })
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
    .epilogue(filterNote)
    .example('$0 graph trace.txt', 'what calls what, and where the time goes')
    .example('$0 graph udp_sendmsg trace.txt', 'who calls udp_sendmsg, and what it calls')
    .example('$0 graph trace.txt --levels 3 --min-percent 5', 'only the outline')
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { func, inputs } = functionAndInputs(args.function, args.input)
  const limits = treeLimitsOf(args)
  const matches = func === undefined ? undefined : functionPattern(func)
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const reading = readingOf(args)
  const summary = await readTraces(inputs, weights, reading, io)
  const { functions } = weights
  const trees: Tree[] = []
  if (func === undefined || matches === undefined) {
    trees.push({ field: 'calls', title: '', roots: mergedCalls(weights) })
  } else {
    const graph = functionGraph(weights, id => matches(functions[id]))
    if (!graph) throw noSuchFunction(func, functions.slice(1), reading.filters)
    trees.push(
      { field: 'callers', title: `CALLERS OF ${func}`, roots: [graph.callers] },
      { field: 'callees', title: `CALLEES OF ${func}`, roots: [graph.callees] },
    )
  }
  if (args.json) {
    const fields = trees.map(({ field, roots }) => [field, nestedCalls(roots, functions)])
    const { diagnostics } = summary
    const document = { ...Object.fromEntries(fields), diagnostics }
    io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    return exitCodes.done
  }
  const page = { ...limits, ...tableSpace(io, args.color), functions, ns: args.ns }
  io.stdout.write(trees.map(tree => treeText(tree.roots, treeHeads(tree), page)).join('\n'))
  printWarnings(summary, io.stderr)
  return exitCodes.done
}

interface Tree {
  readonly field: 'calls' | 'callers' | 'callees'
  /** '' if there is only one tree. */
  readonly title: string
  readonly roots: readonly MergedCalls[]
}

/** Self time has no meaning for callers. */
function treeHeads({ field, title }: Tree): TreeHeads {
  return { name: title || 'FUNCTION', hasSelf: field !== 'callers' }
}
