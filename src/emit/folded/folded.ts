/**
 * Folded stacks, one line for each distinct stack: `root;caller;callee 1234`, the number being
 * nanoseconds of self time, or calls. Grammar as flamegraph.pl reads it
 * (github.com/brendangregg/FlameGraph); inferno, speedscope and Perfetto read the same.
 *
 * Lost: positions in time, the number of calls (or their time), stacks whose weight is nothing.
 */
import { LF, SEMICOLON, SPACE } from '../../base/ascii.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { grown } from '../../base/columns.js'
import type { TimelineSink } from '../../timeline/sink.js'
import { type NodeId, type StackWeights, stacksAtEnd } from '../../timeline/stacks/index.js'
import { groupingOf, labelledRoots } from '../stack-roots.js'
import { openFoldedChart } from './flame-chart.js'
import { functionFrame, rootFrame } from './frame-names.js'
import type { FoldedOptions } from './options.js'

export type { FoldedOptions, FoldedWeight, ModulesShown } from './options.js'

const utf8 = new TextEncoder()

export function openFolded(out: ByteSink, options: FoldedOptions): TimelineSink {
  if (options.flamechart) return openFoldedChart(out, options)
  return stacksAtEnd(groupingOf(options.root ?? 'none'), weights => {
    const writer = new ByteWriter(out)
    const sum = writeFolded(writer, weights, options)
    writer.flush()
    if (sum === 0) {
      options.warn?.(
        'folded: the output is empty, because no call has a duration; fgraph info says more',
      )
    }
  })
}

/** Returns what all stacks add up to. */
function writeFolded(writer: ByteWriter, weights: StackWeights, options: FoldedOptions): number {
  const { weight = 'self', root = 'none' } = options
  const due = weights.due[weight]
  let sum = 0
  for (const [label, node] of labelledRoots(weights, root, rootFrame)) {
    sum += writeStacks(writer, weights, node, label, options)
  }
  if (sum !== due) throw new Error(`folded stacks add up to ${sum}, not to ${due}`)
  return sum
}

/** Returns the sum of what it writes. */
function writeStacks(
  writer: ByteWriter,
  { tree, functions }: StackWeights,
  root: NodeId,
  label: string,
  options: FoldedOptions,
): number {
  const frames = functions.map(definition => utf8.encode(functionFrame(definition, options)))
  const stack = new StackText(label)
  let sum = 0
  tree.walk(root, (node, depth) => {
    stack.set(depth, frames[tree.functionOf(node)])
    const count = options.weight === 'calls' ? tree.calls(node) : tree.self(node)
    if (count > 0) {
      writer.bytes(stack.bytes)
      writer.byte(SPACE)
      writer.integer(count)
      writer.byte(LF)
    }
    sum += count
  })
  return sum
}

/** Frames joined by semicolons. Consecutive stacks share most of their frames. */
class StackText {
  #bytes: Uint8Array
  /** Where the frames before each depth end. */
  readonly #starts: number[]
  #end = 0

  constructor(label: string) {
    const text = utf8.encode(label)
    this.#bytes = new Uint8Array(text.length + 1024)
    this.#bytes.set(text)
    this.#starts = [text.length]
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end)
  }

  /** Keeps the first `depth` frames and puts one on top. */
  set(depth: number, frame: Uint8Array): void {
    let at = this.#starts[depth]
    while (at + 1 + frame.length > this.#bytes.length) this.#bytes = grown(this.#bytes)
    if (at > 0) this.#bytes[at++] = SEMICOLON
    this.#bytes.set(frame, at)
    this.#end = at + frame.length
    this.#starts[depth + 1] = this.#end
  }
}
