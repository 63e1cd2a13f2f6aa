// Where the memory of a module has what both of its sides touch. Read by the compilers of TypeScript
// and of AssemblyScript.

/** Room for events on their way in or out: as many, their numbers, and their times. */
export const MOST_EVENTS = 512
export const NUMBERS = 8192
export const TIMES = NUMBERS + MOST_EVENTS * 8

// Behind it, in the module of logs: where the calls began that end in what has been decoded, of as
// many events as are decoded at once, and the bytes of events.
export const READ_EVENTS = 256
export const BEGINS = TIMES + MOST_EVENTS * 16
export const BYTES = BEGINS + READ_EVENTS * 8
