/**
 * Where everything lies. What JavaScript has views of never moves, so the memory has its full size
 * from the start; the machine gives nothing for what is not touched.
 */
import { RECORD_SIZE } from './record'

/** Lines that one `read` returns at most. */
export const MOST_RECORDS: usize = 512

/** Of one line mostly two, sometimes more. */
export const MOST_EVENTS: usize = MOST_RECORDS * 4

export const MOST_CPUS: u32 = 1 << 10
/** Three tracks, and functions by depth; see usual-calls.ts. */
export const CPU_SIZE: usize = 256
export const MOST_TASKS: u32 = 1 << 14
export const MOST_STACKS: u32 = 1 << 13
/** Open calls of one stack. */
export const LEVELS: u32 = 128
export const STACK_SIZE: usize = 64 + <usize>LEVELS * 24

/** Behind the constants: a name that is being learned. */
export const name: usize = 2048
export const records: usize = 4096
/** The `CallEvents` that lines were found to mean: their numbers, and their times. */
export const eventNumbers: usize = records + MOST_RECORDS * RECORD_SIZE
export const eventTimes: usize = eventNumbers + MOST_EVENTS * 8
/** 64-bit numbers: see usual-calls.ts, and stack-memory.ts. */
export const sums: usize = eventTimes + MOST_EVENTS * 16
/** What the last `follow` has done: see usual-calls.ts. */
export const followed: usize = sums + 64
/** The track of each task, moved up by 1; 0 if it has none that is followed. */
export const taskTracks: usize = followed + 24
export const cpus: usize = taskTracks + <usize>MOST_TASKS * 4
export const stacks: usize = cpus + <usize>MOST_CPUS * CPU_SIZE
export const functionSlots: usize = stacks + <usize>MOST_STACKS * STACK_SIZE
export const functionNames: usize = functionSlots + (16 << 16)
export const taskSlots: usize = functionNames + (2 << 20)
export const taskNames: usize = taskSlots + (16 << 14)
export const text: usize = taskNames + (16 << 13)
