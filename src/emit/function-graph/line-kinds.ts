import type { TrackId } from '../../timeline/sink.js'

// The kind of a line, in the lowest bits of its head.
export const ENTRY = 0
export const LEAF = 1
export const EXIT = 2
export const MIGRATION = 3
/** Any other line: they are rare. */
export const OTHER = 4
/** The two lines of a call with other lines in between: a leaf if timestamps place those. */
export const LATE_ENTRY = 5
export const LATE_EXIT = 6
/** A leaf in two lines, because its cpu shows another row before its end. */
export const SPLIT_LEAF = 7
export const KIND_BITS = 3
export const KINDS = 7

/** A kept line's head: the track, and what the line is. */
export function headOf({ id }: { readonly id: TrackId }, kind: number): number {
  return (id << KIND_BITS) | kind
}
