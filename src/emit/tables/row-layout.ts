// The memory that TypeScript and AssemblyScript share in the module of rows, behind its events
// (../../timeline/event-layout.ts). Both compilers read this file.

/** As many as events that are taken at once: no more calls can end in these. */
export const MOST_ROWS = 512

// The columns of rows: numbers of 64 bits, then of 32.
export const IDS = 20480
export const PARENTS = IDS + MOST_ROWS * 8
export const BEGINS = PARENTS + MOST_ROWS * 8
export const DURATIONS = BEGINS + MOST_ROWS * 8
export const SELVES = DURATIONS + MOST_ROWS * 8
export const TRACKS = SELVES + MOST_ROWS * 8
export const FUNCTIONS = TRACKS + MOST_ROWS * 4
export const DEPTHS = FUNCTIONS + MOST_ROWS * 4
export const CPUS = DEPTHS + MOST_ROWS * 4
export const MISSING = CPUS + MOST_ROWS * 4
/** Of each row, where the text of its notes is and how long; 0 for none. */
export const NOTES = MISSING + MOST_ROWS * 4

// The texts of a row: before the number that each is called by, in place of numbers and notes that
// there are not, and at its end.
export const TS = 0
export const DURATION = 1
export const SELF = 2
export const CPU = 3
export const PARENT = 4
export const UNKNOWN = 5
export const NO_NOTES = 6
export const END = 7
export const PARTS = 8
