/** Rules that both scanners of lines share. AssemblyScript compiles this file, too. */

/** Calls at a greater depth are none: no kernel keeps so many return addresses. */
export const DEEPEST = 10000

/** A task cell holds 7 bytes of the name, a dash and the pid: its bar is no further from its start. */
export const LONGEST_TASK = 20

/** The overhead mark in front of a duration: over 10 us `+`, 100 us `!`, 1 ms `#`, 10 ms `*`, 100 ms `@`, 1 s `$`. */
export function isMark(byte: i32): bool {
  return (
    byte === 0x20 ||
    byte === 0x2b ||
    byte === 0x21 ||
    byte === 0x23 ||
    byte === 0x2a ||
    byte === 0x40 ||
    byte === 0x24
  )
}

/** One of `d.h1.`, which the kernel prints in latency format: a letter, a digit or a dot. */
export function isFlag(byte: i32): bool {
  const letter = byte | 0x20
  return byte === 0x2e || (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a)
}

/** The third flag in an interrupt: NMI, hard interrupt, one inside of a soft interrupt, soft interrupt. */
export function isInterruptFlag(flag: i32): bool {
  return flag === 0x5a || flag === 0x7a || flag === 0x48 || flag === 0x68 || flag === 0x73
}
