import type { EmitOptions, Open } from '../../src/emit/format.js'
import type { TimelineSink, TraceFacts } from '../../src/timeline/sink.js'
import { tee } from '../../src/timeline/sinks/index.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { totalsOf } from '../captures.js'
import { readCapture, readTrace } from '../read-trace.js'

const OPTIONS: EmitOptions = { title: 'trace.txt' }
const FACTS: TraceFacts = {
  dialect: 'tracefs',
  columns: ['CPU', 'DURATION', 'FUNCTION CALLS'],
  clock: 'timestamps',
  origin: '1000.000000',
  span: 5008,
  lostEvents: 0,
}

/** The output of a format for a timeline. */
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

/** The output of a format for a capture, and the `StackWeights` of it. */
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
