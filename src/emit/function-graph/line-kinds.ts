import type { TrackId } from '../../timeline/sink.js'

// What a line is, in the lowest bits of its row.
export const ENTRY = 0
export const LEAF = 1
export const EXIT = 2
export const MIGRATION = 3
/** Any other line, kept as a call of its printing: they are rare. */
export const OTHER = 4
/** The two lines of a call that is a leaf where timestamps place what comes between. */
export const LATE_ENTRY = 5
export const LATE_EXIT = 6
/** A leaf in two lines: its cpu goes back to what is before its end. */
export const SPLIT_LEAF = 7
export const KIND_BITS = 3
export const KINDS = 7

/** A kept line's head: the track, and what the line is. */
export function headOf({ id }: { readonly id: TrackId }, kind: number): number {
  return (id << KIND_BITS) | kind
}
