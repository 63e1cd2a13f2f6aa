/** Bytes by sixteen. Bytes read behind the end of something are never looked at. */

/** Sixteen bytes of ones and as many of zeros: read 16 - n before the middle, n of them are ones. */
const ONES: usize = memory.data<u64>([-1, -1, 0, 0])

/** Which of the sixteen bytes at `at` are `byte`: a bit for each, the first byte's the lowest. */
export function bitsOf(at: usize, byte: u8): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(byte)))
}

/** The first `length` bytes at `at`, at most 16, and zeros behind them. */
export function padded(at: usize, length: usize): v128 {
  return v128.and(v128.load(at), v128.load(ONES + 16 - length))
}

/** Where the blanks that start at `at` end. */
export function behindBlanks(at: usize): usize {
  let p = at
  let bits = bitsOf(p, 0x20)
  while (bits === 0xffff) {
    p += 16
    bits = bitsOf(p, 0x20)
  }
  return p + ctz(~bits)
}
