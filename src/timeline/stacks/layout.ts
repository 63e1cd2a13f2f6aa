// The memory that TypeScript and AssemblyScript share in the module of stacks. Both compilers read
// this file.

/** Events on their way in: how many fit, where their numbers are, and their times. */
export const MOST_EVENTS = 1024
export const NUMBERS = 2048
export const TIMES = NUMBERS + MOST_EVENTS * 8

/** The number of measured calls. */
export const CALLS = 1040

/** The number of nodes, their address, and that of how many calls of each returned an error. */
export const LENGTH = 1024
export const NODES = 1028
export const ERRORS = 1032

// A node: 64 bytes, a line of the cache.
export const NODE_BITS = 6
export const PARENT = 0
export const FUNCTION = 4
export const FIRST_CHILD = 32
export const NEXT_SIBLING = 40
export const NODE_CALLS = 48
export const NODE_SELF = 56
