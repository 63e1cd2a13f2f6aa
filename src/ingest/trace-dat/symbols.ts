import { LF, SPACE } from '../../base/ascii.js'
import { grown } from '../../base/columns.js'
import { latin1 } from './fields.js'

/**
 * An address of the kernel as a number: its 64 bits taken as signed. The addresses of code are the highest
 * there are, so they are exact this way, although a number has 53 bits only.
 */
export type Address = number

export function addressOf(high: number, low: number): Address {
  return (high | 0) * 2 ** 32 + low
}

/** `ffffffff81000000` */
export function addressText(address: Address): string {
  return BigInt.asUintN(64, BigInt(address)).toString(16).padStart(16, '0')
}

/** A symbol of /proc/kallsyms that an address lies in. */
export interface Found {
  /** `nf_conntrack_in [nf_conntrack]`: the module stands behind the name. */
  readonly name: string
  /** How far behind its start the address lies. */
  readonly offset: number
}

/** A module of /proc/modules. */
interface Module {
  readonly name: string
  readonly start: Address
  readonly size: number
}

/** A symbol is no longer: an address further behind the last one lies in none. */
const LONGEST = 0x1000000

/** The functions of a kernel by their addresses. */
export class Symbols {
  readonly #text: Uint8Array
  readonly #modules: readonly Module[]
  /** In ascending order. Of several names for an address the first one of the text is taken, as the kernel does. */
  #addresses = new Float64Array(0)
  /** Where the names begin in the text. */
  #names = new Uint32Array(0)
  #isRead = false

  /** `kallsyms` and `modules` are texts of these files; empty without. */
  constructor(kallsyms: Uint8Array, modules: Uint8Array) {
    this.#text = kallsyms
    this.#modules = modulesOf(latin1.decode(modules))
  }

  /** The function that an address lies in; undefined if there is none. */
  find(address: Address): Found | undefined {
    if (!this.#isRead) this.#read()
    const index = lastNotAbove(this.#addresses, address)
    const offset = address - this.#addresses[index]
    if (index < 0 || offset > LONGEST) return this.#inModule(address)
    return { name: this.#nameAt(this.#names[index]), offset }
  }

  #inModule(address: Address): Found | undefined {
    const module = this.#modules.find(
      ({ start, size }) => address >= start && address < start + size,
    )
    if (!module) return undefined
    return { name: `0x${addressText(address)} [${module.name}]`, offset: 0 }
  }

  /** `foo` or `foo\t[module]`, up to the end of the line. */
  #nameAt(start: number): string {
    const end = this.#text.indexOf(LF, start)
    const line = latin1.decode(this.#text.subarray(start, end < 0 ? this.#text.length : end))
    return line.trimEnd().replace(/\s+\[/, ' [')
  }

  // ffffffff81000000 T _stext
  // ffffffffc0a1b2c0 t nf_conntrack_in\t[nf_conntrack]
  #read(): void {
    const bytes = this.#text
    let addresses = new Float64Array(65_536)
    let names = new Uint32Array(65_536)
    let count = 0
    for (let at = 0; at < bytes.length; ) {
      let high = 0
      let low = 0
      let p = at
      for (let digit = hexDigit(bytes[p]); digit >= 0; digit = hexDigit(bytes[++p])) {
        high = (high << 4) | (low >>> 28)
        low = (low << 4) | digit
      }
      const isSymbol =
        p > at && bytes[p] === SPACE && isCode(bytes[p + 1]) && bytes[p + 3] !== DOLLAR
      if (isSymbol) {
        if (count === addresses.length) {
          addresses = grown(addresses)
          names = grown(names)
        }
        // A 32-bit kernel prints eight digits.
        addresses[count] = p - at > 8 ? addressOf(high, low >>> 0) : low >>> 0
        names[count++] = p + 3
      }
      const feed = bytes.indexOf(LF, p)
      at = feed < 0 ? bytes.length : feed + 1
    }
    this.#sort(addresses.subarray(0, count), names.subarray(0, count))
    this.#isRead = true
  }

  #sort(addresses: Float64Array, names: Uint32Array): void {
    const sorted = addresses.slice().sort()
    const named = new Uint32Array(sorted.length)
    // Backwards, so that the first of several names remains.
    for (let index = addresses.length - 1; index >= 0; index--) {
      named[lastNotAbove(sorted, addresses[index])] = names[index]
    }
    this.#addresses = sorted
    this.#names = named
  }
}

/** The last place in ascending numbers that is not above a number; -1 for none. */
function lastNotAbove(numbers: Float64Array, number: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] <= number) low = middle + 1
    else high = middle
  }
  return low - 1
}

const DOLLAR = 0x24

/** The types of symbols in code: `t T w W i I`, by nm(1). */
function isCode(type: number): boolean {
  const letter = type | 0x20
  return letter === 0x74 || letter === 0x77 || letter === 0x69
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = (byte | 0x20) - 0x61
  return letter >= 0 && letter < 6 ? letter + 10 : -1
}

// nf_conntrack 196608 2 nf_nat,nft_ct, Live 0xffffffffc0a10000
function modulesOf(text: string): Module[] {
  const line = /^(\S+) (\d+) \S+ \S+ \S+ 0x([\da-f]{1,16})/gm
  return [...text.matchAll(line)].map(([, name = '', size, start = '']) => ({
    name,
    size: Number(size),
    start: Number(BigInt.asIntN(64, BigInt(`0x${start}`))),
  }))
}
