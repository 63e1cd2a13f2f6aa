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
import { StackWeights } from '../../timeline/stack-weights.js'
import type { EmitOptions } from '../format.js'
import { labelledRoots } from '../stack-roots.js'
import { openFoldedChart } from './flame-chart.js'
import { functionFrame, rootFrame } from './frame-names.js'

const utf8 = new TextEncoder()

export function openFolded(out: ByteSink, options: EmitOptions): TimelineSink {
  return options.flamechart ? openFoldedChart(out, options) : new Folded(out, options)
}

class Folded extends StackWeights {
  readonly #writer: ByteWriter
  readonly #options: EmitOptions

  constructor(out: ByteSink, options: EmitOptions) {
    const { root } = options
    super({ byTrack: root === 'comm' || root === 'pid', byCpu: root === 'cpu' })
    this.#writer = new ByteWriter(out)
    this.#options = options
  }

  override finish(): void {
    const due = this.due[this.#options.weight ?? 'self']
    let sum = 0
    const roots = labelledRoots(this, this.#options.root, rootFrame)
    for (const [label, node] of roots) sum += this.#writeStacks(node, label)
    if (sum !== due) throw new Error(`folded stacks add up to ${sum}, not to ${due}`)
    this.#writer.flush()
  }

  /** Returns the sum of what it writes. */
  #writeStacks(root: number, label: string): number {
    const { tree, functions } = this
    const { weight } = this.#options
    const frames = functions.map(definition =>
      utf8.encode(functionFrame(definition, this.#options)),
    )
    const nameless = new Uint8Array(0)
    const stack = new StackText(label)
    let sum = 0
    tree.walk(root, (node, depth) => {
      // What has no name of its own weighs nothing, and nothing below it does.
      stack.set(depth, frames[tree.functionOf(node)] ?? nameless)
      const count = weight === 'calls' ? tree.calls(node) : tree.self(node)
      if (count > 0) {
        this.#writer.bytes(stack.bytes)
        this.#writer.byte(SPACE)
        this.#writer.integer(count)
        this.#writer.byte(LF)
      }
      sum += count
    })
    return sum
  }
}

/** Frames with semicolons between. Stacks that follow one another have most of them in common. */
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

  /** Puts a frame on top of the first `depth` ones. */
  set(depth: number, frame: Uint8Array): void {
    let at = this.#starts[depth]
    while (at + 1 + frame.length > this.#bytes.length) this.#bytes = grown(this.#bytes)
    if (at > 0) this.#bytes[at++] = SEMICOLON
    this.#bytes.set(frame, at)
    this.#end = at + frame.length
    this.#starts[depth + 1] = this.#end
  }
}
