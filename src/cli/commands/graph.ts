import type { Argv } from 'yargs'
import { functionGraph, type MergedCalls, mergedCalls } from '../../analyze/merged-calls.js'
import { StackWeights } from '../../timeline/stacks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { readingOptions } from '../options/reading-options.js'
import { formOf, formOptions, usualSleep } from '../options/table-form.js'
import { tableOptions } from '../options/table-options.js'
import { treeLimitsOf, treeOptions } from '../options/tree-options.js'
import { wordsArgument, wordsOf } from '../options/words.js'
import { readTraces } from '../read-traces.js'
import { tableSpace } from '../table-space.js'
import {
  flatCalls,
  flatFields,
  nestedCalls,
  type TreeHeads,
  treeMarkdown,
  treeText,
} from '../text/call-tree-table.js'
import { csvText } from '../text/csv.js'
import { noSuchFunction, refuseMissing } from '../text/no-such-function.js'
import { printLeftOut, printWarnings } from '../text/summary.js'

export const examples = [
  ['fgraph graph trace.txt', 'what calls what, and where the time goes'],
  ['fgraph graph udp_sendmsg trace.txt', 'who calls udp_sendmsg, and what it calls'],
  ['fgraph graph trace.txt --levels 3 --min-percent 5', 'only the outline'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('words', wordsArgument)
    .options(treeOptions)
    .options(formOptions)
    .options(tableOptions)
    .options(filterOptions)
    .options(readingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

export async function run(args: Args, io: Io): Promise<number> {
  const { functions: wanted, inputs, matches } = wordsOf(args.words, io)
  const form = formOf(args)
  const limits = treeLimitsOf(args)
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const reading = readingOf({ ...args, sleep: args.sleep ?? usualSleep(form) })
  const summary = await readTraces(inputs, weights, reading, io)
  const { functions } = weights
  refuseMissing(wanted, functions.slice(1), reading.filters)
  const trees: Tree[] = []
  const name = wanted.join(', ')
  if (!matches) {
    trees.push({ field: 'calls', title: '', roots: mergedCalls(weights) })
  } else {
    const graph = functionGraph(weights, id => matches(functions[id]))
    if (!graph) throw noSuchFunction(name, matches, functions.slice(1), reading.filters)
    trees.push(
      { field: 'callers', title: `CALLERS OF ${name}`, roots: [graph.callers] },
      { field: 'callees', title: `CALLEES OF ${name}`, roots: [graph.callees] },
    )
  }
  if (form === 'json') {
    const fields = trees.map(({ field, roots }) => [field, nestedCalls(roots, functions)])
    const { diagnostics } = summary
    const document = { ...Object.fromEntries(fields), diagnostics }
    io.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    return exitCodes.done
  }
  if (form === 'csv') {
    const rows = trees.flatMap(({ field, roots }) =>
      flatCalls(roots, functions).map(row => ({ tree: field, ...row })),
    )
    io.stdout.write(csvText(['tree', ...flatFields], rows, args.spreadsheet))
    return exitCodes.done
  }
  const page = { ...limits, ...tableSpace(io, args.color), functions, ns: args.ns }
  const print = form === 'markdown' ? treeMarkdown : treeText
  io.stdout.write(trees.map(tree => print(tree.roots, treeHeads(tree), page)).join('\n'))
  if (form === 'markdown') return exitCodes.done
  printLeftOut(summary, io.stderr)
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
