// Where the memory of the module of stacks has what both sides touch. Read by the compilers of
// TypeScript and of AssemblyScript.

/** Room for events on their way in: as many, their numbers, and their times. */
export const MOST_EVENTS = 1024
export const NUMBERS = 2048
export const TIMES = NUMBERS + MOST_EVENTS * 8

/** Sums: of measured calls, and of what callees have more than their callers. */
export const CALLS = 1040
export const EXCESS = 1048

/** How many nodes there are, and where they lie. */
export const LENGTH = 1024
export const NODES = 1028

// A node: 64 bytes, a line of the cache.
export const NODE_BITS = 6
export const PARENT = 0
export const FUNCTION = 4
export const FIRST_CHILD = 32
export const NEXT_SIBLING = 40
export const NODE_CALLS = 48
export const NODE_SELF = 56
