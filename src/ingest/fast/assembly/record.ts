/**
 * What a line says, by 32 bits: its kind (as in trace-line.ts), 0x10 in interrupts, and the depth from
 * bit 5 on; function, duration (64 bits, floating), cpu, task, seconds, nanoseconds; where it begins
 * and ends.
 */
export const FUNCTION: usize = 4
export const DURATION: usize = 8
export const CPU: usize = 16
export const TASK: usize = 20
export const SECONDS: usize = 24
export const NANOS: usize = 28
export const BEGIN: usize = 32
export const END: usize = 36
export const RECORD_SIZE: usize = 40

export const ENTRY: u32 = 1
export const LEAF: u32 = 2
export const EXIT: u32 = 3
export const KIND: u32 = 0xf
export const IN_INTERRUPT: u32 = 0x10
export const DEPTH: u32 = 5

/** In place of a number that the line does not have. */
export const ABSENT: u32 = -1
