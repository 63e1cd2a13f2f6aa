/**
 * Folded stacks, one line for each distinct stack: `root;caller;callee 1234`, the number being
 * nanoseconds of self time, or calls. Grammar as flamegraph.pl reads it
 * (github.com/brendangregg/FlameGraph); inferno, speedscope and Perfetto read the same.
 *
 * Lost: positions in time, the number of calls (or their time), stacks whose weight is nothing.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { type TimelineSink, UNMEASURED } from '../timeline/sink.js'
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
  /** By track, nanoseconds of the callees of each open call; at level 0 those of the roots. */
  readonly #inside: number[][] = []
  /** What is to be written in all: the roots, and what callees have more than their callers. */
  #time = 0
  #calls = 0

  constructor(out: ByteSink, options: EmitOptions) {
    const { root } = options
    super({ byTrack: root === 'comm' || root === 'pid', byCpu: root === 'cpu' })
    this.#writer = new ByteWriter(out)
    this.#options = options
  }

  override begin(track: number, func: number): void {
    super.begin(track, func)
    this.#inside[track] ??= [0]
    this.#inside[track].push(0)
  }

  override end(track: number, func: number, at: number, duration: number): void {
    super.end(track, func, at, duration)
    const open = this.#inside[track] as number[]
    const inside = open.pop() as number
    const caller = open.length - 1
    const weight = duration === UNMEASURED ? inside : duration
    open[caller] = (open[caller] as number) + weight
    if (caller === 0) this.#time += weight
    if (duration === UNMEASURED) return
    this.#calls++
    if (inside > duration) this.#time += inside - duration
  }

  override finish(): void {
    const isCalls = this.#options.weight === 'calls'
    let sum = 0
    const roots = labelledRoots(this, this.#options.root, rootFrame)
    for (const [label, node] of roots) sum += this.#writeStacks(node, label)
    const due = isCalls ? this.#calls : this.#time
    if (sum !== due) throw new Error(`folded stacks add up to ${sum}, not to ${due}`)
    this.#writer.flush()
  }

  /** Returns the sum of what it writes. */
  #writeStacks(root: number, label: string): number {
    const { tree, functions } = this
    const { annotate = false, weight } = this.#options
    const names = functions.map(definition => functionFrame(definition, annotate))
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
