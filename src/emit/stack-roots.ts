/** What stands below the stacks of folded and of flamegraph: nothing, a task, or a cpu. */
import type { NodeId } from '../timeline/call-tree.js'
import { trackName } from '../timeline/names.js'
import type { Track } from '../timeline/sink.js'
import type { Grouping, StackWeights } from '../timeline/stack-weights.js'

/** `none`: the stacks of all tasks together; otherwise the frame that stands below each stack. */
export type StackRoot = 'none' | 'comm' | 'pid' | 'cpu'

/** How stacks must be kept apart for these roots. */
export function groupingOf(root: StackRoot): Grouping {
  return { byTrack: root === 'comm' || root === 'pid', byCpu: root === 'cpu' }
}

/** Roots by what `shown` makes of the name below their stacks; what has the same one is added up. */
export function labelledRoots(
  { tree, groups, tracks }: StackWeights,
  root: StackRoot,
  shown = (name: string) => name,
): Map<string, NodeId> {
  const roots = new Map<string, NodeId>()
  for (const group of groups) {
    const name = shown(rootName(root, tracks[group.track], group.cpu))
    const known = roots.get(name)
    if (known === undefined) roots.set(name, group.root)
    else tree.move(group.root, known)
  }
  return roots
}

/** What stands below the stacks of a track and a cpu; '' for nothing. */
export function rootName(root: StackRoot, track: Track | undefined, cpu: number): string {
  if (root === 'cpu') return cpu < 0 ? 'all cpus' : `CPU ${cpu}`
  if (root === 'none' || !track) return ''
  return root === 'comm' && track.comm !== '' ? track.comm : trackName(track)
}
