import { DOT, LETTER_S, NINE, ZERO } from '../../base/ascii.js'

/** Whether a byte may be one of `d.h1.`, which the kernel prints in latency format. */
export function isFlag(byte: number | undefined): boolean {
  if (byte === undefined) return false
  if (byte === DOT || (byte >= ZERO && byte <= NINE)) return true
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

/** The third flag: NMI, hard interrupt, one inside of a soft interrupt, soft interrupt. */
export function isInterruptFlag(flag: number | undefined): boolean {
  return flag === 0x5a || flag === 0x7a || flag === 0x48 || flag === 0x68 || flag === LETTER_S
}
