/**
 * Folded stacks, one line for each distinct stack: `root;caller;callee 1234`, the number being
 * nanoseconds of self time, or calls. Grammar as flamegraph.pl reads it
 * (github.com/brendangregg/FlameGraph); inferno, speedscope and Perfetto read the same.
 *
 * Lost: positions in time, the number of calls (or their time), stacks whose weight is nothing.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import type { TimelineSink } from '../timeline/sink.js'
import { StackWeights } from '../timeline/stack-weights.js'
import { openFoldedChart } from './folded-chart.js'
import { functionFrame, rootFrame } from './folded-frames.js'
import type { EmitOptions } from './formats.js'
import { labelledRoots } from './labelled-roots.js'

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
    const names = functions.map(definition => functionFrame(definition, this.#options))
    const stacks: string[] = []
    let sum = 0
    tree.walk(root, (node, depth) => {
      const name = names[tree.functionOf(node)] as string
      const caller = depth === 0 ? label : (stacks[depth - 1] as string)
      const stack = caller === '' ? name : `${caller};${name}`
      stacks[depth] = stack
      const count = weight === 'calls' ? tree.calls(node) : tree.self(node)
      if (count > 0) this.#writer.text(`${stack} ${count}\n`)
      sum += count
    })
    return sum
  }
}
