const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PAD = 0x3d

/** Two characters for each twelve bits, the first in the lower byte. */
const PAIRS = Uint16Array.from({ length: 4096 }, (_, bits) => {
  return ALPHABET.charCodeAt(bits >> 6) | (ALPHABET.charCodeAt(bits & 63) << 8)
})

/** Writes bytes in base64 (RFC 4648) to `text`; returns how long that is. `btoa` would need a string first. */
export function base64(bytes: Uint8Array, text: Uint8Array): number {
  const groups = Math.floor(bytes.length / 3)
  const length = 4 * Math.ceil(bytes.length / 3)
  const put = (at: number, bits: number) => {
    text[at] = PAIRS[bits]
    text[at + 1] = PAIRS[bits] >> 8
  }
  for (let group = 0; group < groups; group++) {
    const at = 3 * group
    put(4 * group, (bytes[at] << 4) | (bytes[at + 1] >> 4))
    put(4 * group + 2, ((bytes[at + 1] & 15) << 8) | bytes[at + 2])
  }
  const rest = bytes.length - 3 * groups
  if (rest > 0) {
    const [first, second = 0] = bytes.subarray(3 * groups)
    put(4 * groups, (first << 4) | (second >> 4))
    put(4 * groups + 2, (second & 15) << 8)
    text.fill(PAD, 4 * groups + 1 + rest, length)
  }
  return length
}
