// The memory that TypeScript and AssemblyScript share in the modules of logs and of lines. Both
// compilers read this file.

/** Events on their way in or out: how many fit, where their numbers are, and their times. */
export const MOST_EVENTS = 512
export const NUMBERS = 8192
export const TIMES = NUMBERS + MOST_EVENTS * 8

// Behind them in the module of logs: how many events are decoded at once, where the calls began that
// end in these, and the bytes of events.
export const READ_EVENTS = 256
export const BEGINS = TIMES + MOST_EVENTS * 16
export const BYTES = BEGINS + READ_EVENTS * 8
