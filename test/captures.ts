/** Captures, and all that tests want to know of them: each is read once, into everything. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type FormatName, formats } from '../src/emit/formats.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { functionName } from '../src/timeline/names.js'
import type { TimelineSink } from '../src/timeline/sink.js'
import {
  type EventBlock,
  EventBlocks,
  EventColumns,
  sendBlock,
  tee,
} from '../src/timeline/sinks/index.js'
import { StackWeights } from '../src/timeline/stacks/index.js'
import type { FunctionTotals } from './decode/perfetto.js'
import { openWritten, readCapture, readTrace } from './read-trace.js'

/** `npm run test:long` tests all captures and seeds, `npm test` a choice of them. */
export const isLong = process.env.FGRAPH_TEST === 'long'

/** Small: what is known at the start must not depend on how much has been read. */
const CHUNK_SIZE = 4096

/** Inputs of the goldens that are texts. */
export const goldens = readdirSync('golden')
  .map(name => `golden/${name}/input.txt`)
  .filter(path => existsSync(path))

/** The captures of the corpus whose names match, or a choice of them that covers what they have. */
export function corpus(pattern = /./): string[] {
  const names = readdirSync('test/corpus').filter(
    name => name.endsWith('.gz') && pattern.test(name),
  )
  return (isLong ? names : covering(names)).map(name => `test/corpus/${name}`)
}

/**
 * Names say the kernel and the options, `7.2-opt-proc-abstime`, and the table of counts the columns.
 * From the smallest capture on, one is chosen if it has something that none before it has.
 */
function covering(names: readonly string[]): string[] {
  const columns = new Map(
    readFileSync('test/corpus/counts.txt', 'utf8')
      .split('\n')
      .map(row => row.split('\t', 2) as [string, string]),
  )
  const size = (name: string) => statSync(`test/corpus/${name}`).size
  const seen = new Set<string | undefined>()
  const chosen = names
    .toSorted((a, b) => size(a) - size(b))
    .filter(name => {
      const before = seen.size
      for (const part of name.split('-')) seen.add(part.replace('.txt.gz', ''))
      seen.add(columns.get(name))
      return seen.size > before
    })
  return chosen.sort()
}

/** Inputs of the goldens, and what real kernels wrote. */
export const captures = [...goldens, ...corpus()]

export interface Capture {
  readonly text: Uint8Array
  readonly summary: TraceSummary
  /** The output of each format. */
  readonly outputs: Readonly<Record<FormatName, Uint8Array>>
  readonly weights: StackWeights
  /** Calls and self time of each function that was measured. */
  readonly totals: ReadonlyMap<string, FunctionTotals>
  /** Sends the timeline to a sink as the reader did, in columns where these came. */
  replay(sink: TimelineSink): void
}

const read = new Map<string, Promise<Capture>>()

/** Reads a capture, or returns what was read before. */
export function capture(path: string): Promise<Capture> {
  const known = read.get(path)
  if (known) return known
  // All of them take too much memory.
  if (isLong) read.clear()
  const reading = readAll(readCapture(path))
  read.set(path, reading)
  return reading
}

/** Reads a text into everything. */
export async function readAll(text: Uint8Array): Promise<Capture> {
  const outputs = await Promise.all(formats.map(({ name }) => openWritten(name)))
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const blocks: EventBlock[] = []
  const events = new EventBlocks(
    () => new EventColumns(new ArrayBuffer(EventColumns.bytes), 0),
    block => blocks.push(block),
  )
  const sink = tee([...outputs.map(({ sink }) => sink), weights, events])
  const summary = readTrace(text, sink, CHUNK_SIZE)
  return {
    text,
    summary,
    outputs: Object.fromEntries(
      formats.map(({ name }, index) => [name, outputs[index].bytes]),
    ) as unknown as Capture['outputs'],
    weights,
    totals: totalsOf(weights),
    replay: sink => {
      for (const block of blocks) sendBlock(block, sink)
    },
  }
}

export function totalsOf({ tree, groups, functions }: StackWeights): Map<string, FunctionTotals> {
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
