import type { StackRootOptions } from '../stack-roots.js'

export interface FoldedOptions extends StackRootOptions {
  /** The meaning of the numbers; self time by default. */
  readonly weight?: FoldedWeight | undefined
  /** Whether frames are marked `_[k]` as the kernel's. */
  readonly annotate?: boolean | undefined
  /** How frames show modules; as suffixes by default. */
  readonly modules?: ModulesShown | undefined
  /** Whether stacks stand in the order of time, each as often as it occurs. */
  readonly flamechart?: boolean | undefined
}

/** `self`: nanoseconds that measured callees do not account for. */
export type FoldedWeight = 'self' | 'calls'

/** `ext4_read [ext4]`, `ext4:ext4_read`, `ext4_read` */
export type ModulesShown = 'suffix' | 'prefix' | 'none'
