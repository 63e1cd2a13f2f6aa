/** The numbers under which things are counted; AssemblyScript and TypeScript both read this file. */

export const ENTRIES = 0
export const LEAVES = 1
export const EXITS = 2

export const COMPLETE_CALLS = 3
export const INCOMPLETE_CALLS = 4
export const ORPHAN_CALLS = 5

/** Nanoseconds of calls without a caller; of these, the own time of orphans. */
export const ROOTS = 6
export const WITHOUT_ENTRY = 7
/** Beside these, nanoseconds of incomplete calls from their begin to where they were seen last. */
export const WITHOUT_EXIT = 8

/** Calls that stand more than a microsecond from their printed time. */
export const MOVED_POSITIONS = 9

/** Whole calls more than a microsecond longer than printed: durations leave sleep out, or callees take longer. */
export const LONGER_BY_SLEEP = 10
export const LONGER_BY_CALLEES = 11
/** Whole calls more than a microsecond shorter than printed: they began before their entry was recorded. */
export const SHORTER = 12

// Diagnostics.
export const MISSING_ENTRIES = 13
export const MISSING_EXITS = 14
export const CALLS_BROKEN_BY_LOSS = 15
export const OPEN_AT_END = 16
export const CHILDREN_EXCEED_PARENT = 17
export const NEGATIVE_DURATIONS = 18
export const WRAPPED_DURATIONS = 19
export const FALSE_FOLDS = 20
export const NAMELESS_EXITS = 21
export const IMPOSSIBLE_TIMES = 22

export const COUNTED = 23
