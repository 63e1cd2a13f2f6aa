/** Byte strings with numbers: found by a hash, and compared sixteen bytes at a time. */
import { padded } from './chunks'

/** In place of a number. */
export const UNKNOWN: u32 = 0xffffffff

/** A slot: the hash, the number plus one, where the bytes are, how many. */
const SLOT: usize = 16

export class Names {
  private count: u32 = 0
  private used: usize = 0
  private readonly slots: usize
  private readonly names: usize

  /** Room for half as many names as `capacity`, a power of 2, of `size` bytes in all. */
  constructor(
    private readonly capacity: u32,
    private readonly size: usize,
  ) {
    const slots = <usize>capacity * SLOT
    this.slots = heap.alloc(slots)
    this.names = heap.alloc(size)
  }

  /** Memorizes a name; one that there is no room for stays unknown. */
  learn(start: usize, length: u32, id: u32): void {
    const own = this.names + this.used
    const size = (<usize>length + 15) & ~15
    if (this.count * 2 >= this.capacity || this.used + size > this.size) return
    memory.copy(own, start, length)
    this.count++
    this.used += size
    const hash = hashOf(start, length)
    let slot = this.slotOf(hash)
    while (load<u32>(slot, 4) !== 0) slot = this.slotBehind(slot)
    store<u32>(slot, hash)
    store<u32>(slot, id + 1, 4)
    store<u32>(slot, <u32>own, 8)
    store<u32>(slot, length, 12)
  }

  /** The number of the name, or UNKNOWN. */
  find(start: usize, length: u32): u32 {
    const hash = hashOf(start, length)
    let slot = this.slotOf(hash)
    for (;;) {
      const id = load<u32>(slot, 4) - 1
      if (id === UNKNOWN) return UNKNOWN
      const isLike = load<u32>(slot) === hash && load<u32>(slot, 12) === length
      if (isLike && equals(load<u32>(slot, 8), start, length)) return id
      slot = this.slotBehind(slot)
    }
    return UNKNOWN
  }

  private slotOf(hash: u32): usize {
    return this.slots + <usize>(hash & (this.capacity - 1)) * SLOT
  }

  private slotBehind(slot: usize): usize {
    const next = slot + SLOT
    return next === this.slots + <usize>this.capacity * SLOT ? this.slots : next
  }
}

/** Of the first and the last eight bytes: names of kernels have little more that is their own. */
function hashOf(start: usize, length: u32): u32 {
  const ends =
    length < 8
      ? load<u64>(start) & (((<u64>1) << (length * 8)) - 1)
      : load<u64>(start) ^ rotl<u64>(load<u64>(start + length - 8), 23)
  const hash = (ends ^ length) * 0x9e3779b97f4a7c15
  return <u32>(hash >> 32)
}

function equals(own: usize, start: usize, length: u32): bool {
  let a = own
  let b = start
  let rest: usize = length
  for (; rest > 16; rest -= 16, a += 16, b += 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false
  }
  return !v128.any_true(v128.xor(v128.load(a), padded(b, rest)))
}
