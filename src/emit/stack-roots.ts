/** The root frames below stacks, in folded and flamegraph: none, a task, or a cpu. */

import { trackName } from '../timeline/names.js'
import type { Track } from '../timeline/sink.js'
import type { Grouping, NodeId, StackWeights } from '../timeline/stacks/index.js'
import type { EmitOptions } from './format.js'

/** `none` puts the stacks of all tasks together; otherwise this is the frame below each stack. */
export type StackRoot = 'none' | 'comm' | 'pid' | 'cpu'

/** Options of formats whose stacks have roots. */
export interface StackRootOptions extends EmitOptions {
  /** The frame below each stack; none by default. */
  readonly root?: StackRoot | undefined
}

/** The grouping of stacks that such roots need. */
export function groupingOf(root: StackRoot): Grouping {
  return { byTrack: root === 'comm' || root === 'pid', byCpu: root === 'cpu' }
}

/** The roots of stacks by their labels, as `shown` makes them; equal labels are added up. */
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

/** The root frame of a track on a cpu; '' for none. */
export function rootName(root: StackRoot, track: Track | undefined, cpu: number): string {
  if (root === 'cpu') return cpu < 0 ? 'all cpus' : `CPU ${cpu}`
  if (root === 'none' || !track) return ''
  return root === 'comm' && track.comm !== '' ? track.comm : trackName(track)
}
