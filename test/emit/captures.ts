import { readdirSync } from 'node:fs'
import type { EmitOptions, Open } from '../../src/emit/format.js'
import { functionName } from '../../src/timeline/names.js'
import type { TimelineSink, TraceFacts } from '../../src/timeline/sink.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import type { FunctionTotals } from '../decode/perfetto.js'
import { readCapture, readTrace } from '../read-trace.js'

/** Inputs of the goldens, and what real kernels wrote. */
export const captures = [
  ...readdirSync('golden').map(name => `golden/${name}/input.txt`),
  ...readdirSync('test/corpus')
    .filter(name => name.endsWith('.gz'))
    .map(name => `test/corpus/${name}`),
]

const OPTIONS: EmitOptions = { title: 'trace.txt' }
const FACTS: TraceFacts = {
  dialect: 'tracefs',
  columns: ['CPU', 'DURATION', 'FUNCTION CALLS'],
  clock: 'timestamps',
  origin: '1000.000000',
  span: 5008,
  lostEvents: 0,
}

/** What a format writes of a timeline. */
export function written(
  open: Open,
  events: (sink: TimelineSink) => void,
  facts: Partial<TraceFacts> = {},
): Buffer {
  const blocks: Uint8Array[] = []
  const sink = open(block => blocks.push(block), OPTIONS)
  sink.start({ ...FACTS, ...facts })
  events(sink)
  sink.finish({ ...FACTS, ...facts })
  return Buffer.concat(blocks)
}

/** What a format writes of a capture, and what `StackWeights` makes of it. */
export function convertCapture(open: Open, path: string) {
  const blocks: Uint8Array[] = []
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const sink = open(block => blocks.push(block), OPTIONS)
  const summary = readTrace(readCapture(path), tee([sink, weights]))
  return { bytes: Buffer.concat(blocks), weights, totals: totalsOf(weights), summary }
}

/** Functions that are called `one [two]`: one of a module. */
export function defineFunctions(sink: TimelineSink, ...functions: string[]): void {
  functions.forEach((text, index) => {
    const [name = '', module = ''] = text.split(/ \[|\]/)
    sink.defineFunction(index + 1, { name, module })
  })
}

/** Calls and self time of each function that was measured. */
function totalsOf({ tree, groups, functions }: StackWeights): Map<string, FunctionTotals> {
  const totals = new Map<string, FunctionTotals>()
  for (const { root } of groups) {
    tree.walk(root, node => {
      if (tree.calls(node) === 0) return
      const name = functionName(functions[tree.functionOf(node)])
      const { calls, self } = totals.get(name) ?? { calls: 0, self: 0 }
      totals.set(name, { calls: calls + tree.calls(node), self: self + tree.self(node) })
    })
  }
  return totals
}
