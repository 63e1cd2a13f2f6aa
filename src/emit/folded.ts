/**
 * Folded stacks, one line for each distinct stack: `root;caller;callee 1234`, the number being
 * nanoseconds of self time. Grammar as flamegraph.pl reads it
 * (github.com/brendangregg/FlameGraph); inferno, speedscope and Perfetto read the same.
 *
 * Lost: positions in time, the number of calls, stacks whose time rounds to nothing.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import type { CallTree } from '../timeline/call-tree.js'
import { functionName, trackName } from '../timeline/names.js'
import type { TimelineSink } from '../timeline/sink.js'
import { type StackGroup, StackWeights } from '../timeline/stack-weights.js'
import type { EmitOptions } from './formats.js'

export function openFolded(out: ByteSink, { root }: EmitOptions): TimelineSink {
  const weights = new StackWeights({
    byTrack: root === 'comm' || root === 'pid',
    byCpu: root === 'cpu',
  })
  const finish = () => {
    const writer = new ByteWriter(out)
    const names = weights.functions.map(definition => frame(functionName(definition)))
    for (const [label, node] of labelled(weights, root)) {
      writeStacks(writer, weights.tree, node, label, names)
    }
    writer.flush()
  }
  return Object.assign(weights, { finish })
}

/** Roots by the frame that stands below their stacks, '' for none; what has the same one is added up. */
function labelled({ tree, groups, tracks }: StackWeights, root: EmitOptions['root']) {
  const label = ({ track, cpu }: StackGroup) => {
    if (root === 'none') return ''
    if (root === 'cpu') return cpu < 0 ? 'all cpus' : `CPU ${cpu}`
    const task = tracks[track]
    if (!task) return ''
    return root === 'comm' && task.comm !== '' ? task.comm : trackName(task)
  }
  const roots = new Map<string, number>()
  for (const group of groups) {
    const name = frame(label(group)).replaceAll(' ', '_')
    const known = roots.get(name)
    if (known === undefined) roots.set(name, group.root)
    else tree.move(group.root, known)
  }
  return roots
}

function writeStacks(
  writer: ByteWriter,
  tree: CallTree,
  root: number,
  label: string,
  names: readonly string[],
): void {
  const stacks: string[] = []
  tree.walk(root, (node, depth) => {
    const name = names[tree.functionOf(node)] as string
    const caller = depth === 0 ? label : (stacks[depth - 1] as string)
    const stack = caller === '' ? name : `${caller};${name}`
    stacks[depth] = stack
    const self = tree.self(node)
    if (self > 0) writer.text(`${stack} ${self}\n`)
  })
}

/** A name that reads as one frame: a `;` would split it, and a last word of digits is a count. */
function frame(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is meant
  const safe = name.replaceAll(';', ':').replace(/[\u0000-\u001f\u007f]/g, '_')
  return safe.replace(/ (?=[\d.]*$)/, '_')
}
