import type { Argument } from '../../timeline/sink.js'
import { CutOff, Fields, latin1 } from './fields.js'

/** Kinds of types (Documentation/bpf/btf.rst). */
const INT = 1
const PTR = 2
const ARRAY = 3
const STRUCT = 4
const UNION = 5
const ENUM = 6
const TYPEDEF = 8
const VOLATILE = 9
const CONST = 10
const RESTRICT = 11
const FUNC = 12
const FUNC_PROTO = 13
const VAR = 14
const DATASEC = 15
const DECL_TAG = 17
const TYPE_TAG = 18
const ENUM64 = 19

/** Of kinds with more than a head: bytes for each of their members, or once. */
const perMember: Readonly<Record<number, number>> = {
  [STRUCT]: 12,
  [UNION]: 12,
  [ENUM]: 8,
  [FUNC_PROTO]: 8,
  [DATASEC]: 12,
  [ENUM64]: 12,
}
const once: Readonly<Record<number, number>> = { [INT]: 4, [ARRAY]: 12, [VAR]: 4, [DECL_TAG]: 4 }

/** These stand before a type and do not change what it is. */
const modifiers: ReadonlySet<number> = new Set([TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG])

const HEAD = 12
const MAGIC = 0xeb9f
const SIGNED = 1

interface Type {
  readonly kind: number
  readonly members: number
  /** The size in bytes, or the number of another type. */
  readonly size: number
  /** Where it stands among the types. */
  readonly at: number
}

/** The types of a kernel: the parameters of its functions. */
export class Btf {
  readonly #view: DataView
  readonly #isLittle: boolean
  readonly #strings: Uint8Array
  /** By number, where types stand. */
  readonly #places: number[] = [0]
  /** By name, the number of the type of a function. */
  readonly #functions = new Map<string, number>()

  /** Throws `CutOff` where `bytes` are no BTF. */
  constructor(bytes: Uint8Array, isLittle: boolean) {
    const head = new Fields(bytes, isLittle)
    if (head.u16() !== MAGIC) throw new CutOff()
    head.u16()
    const length = head.u32()
    const [typesAt, typesLength, stringsAt, stringsLength] = [
      head.u32(),
      head.u32(),
      head.u32(),
      head.u32(),
    ]
    head.at = 0
    head.take(length + typesAt)
    const types = head.take(typesLength)
    head.at = 0
    head.take(length + stringsAt)
    this.#strings = head.take(stringsLength)
    this.#view = new DataView(types.buffer, types.byteOffset, types.byteLength)
    this.#isLittle = isLittle
    this.#index(types.length)
  }

  #index(length: number): void {
    for (let at = 0; at + HEAD <= length; ) {
      const { kind, members, size } = this.#typeAt(at)
      if (kind === FUNC) this.#functions.set(this.#textAt(this.#u32(at)), size)
      this.#places.push(at)
      at += HEAD + (perMember[kind] ?? 0) * members + (once[kind] ?? 0)
    }
  }

  /**
   * The arguments of a function that the tracer has kept, in registers, as print_function_args prints them
   * (kernel/trace/trace_output.c); undefined if the function is not known.
   */
  argumentsOf(
    name: string,
    registers: readonly bigint[],
    longSize: number,
  ): Argument[] | undefined {
    const proto = this.#type(this.#functions.get(name) ?? 0)
    if (proto?.kind !== FUNC_PROTO) return undefined
    const list: Argument[] = []
    let register = 0
    for (let index = 0; index < proto.members && register < registers.length; index++) {
      const at = proto.at + HEAD + index * 8
      if (at + 8 > this.#view.byteLength) break
      const type = this.#unmodified(this.#u32(at + 4))
      // Further arguments that the function takes by `...` have no type.
      if (!type && this.#u32(at + 4) === 0) break
      const count = this.#isWhole(type) ? 1 : Math.max(1, Math.ceil((type?.size ?? 0) / longSize))
      const values = registers.slice(register, register + count)
      register += count
      list.push({ name: this.#textAt(this.#u32(at)), value: this.#value(type, values) })
    }
    return list
  }

  #value(type: Type | undefined, values: readonly bigint[]) {
    const [value = 0n] = values
    if (type?.kind === ENUM || type?.kind === ENUM64) {
      const number = BigInt.asIntN(8 * type.size, value)
      return { text: String(number), number, meaning: '' }
    }
    if (type?.kind === INT) {
      const bits = 8 * Math.min(type.size, 8)
      const isSigned = ((this.#u32(type.at + HEAD) >>> 24) & SIGNED) !== 0
      const number = isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
      return { text: isSigned ? String(number) : hex(number), number, meaning: '' }
    }
    if (this.#isWhole(type)) return { text: hex(value), number: value, meaning: '' }
    const kind = type?.kind === UNION ? 'UNION' : 'STRUCT'
    return { text: `(${kind})[${values.map(hex).join(':')}]`, number: undefined, meaning: '' }
  }

  /** Whether a type is a number or an address: in one register. */
  #isWhole(type: Type | undefined): boolean {
    return (
      !type || type.kind === PTR || type.kind === INT || type.kind === ENUM || type.kind === ENUM64
    )
  }

  /** The type behind its modifiers; undefined for void, or one that is not there. */
  #unmodified(id: number): Type | undefined {
    let type = this.#type(id)
    for (let steps = 0; type && modifiers.has(type.kind) && steps < MOST_MODIFIERS; steps++) {
      type = this.#type(type.size)
    }
    return type
  }

  #type(id: number): Type | undefined {
    const at = id > 0 ? this.#places[id] : undefined
    return at === undefined ? undefined : this.#typeAt(at)
  }

  // name: 4 bytes, members: 2, kind: the lower 5 bits of the last, size or type: 4
  #typeAt(at: number): Type {
    const info = this.#u32(at + 4)
    return { kind: (info >>> 24) & 31, members: info & 0xffff, size: this.#u32(at + 8), at }
  }

  #textAt(at: number): string {
    const end = this.#strings.indexOf(0, at)
    return latin1.decode(this.#strings.subarray(at, Math.max(end, at)))
  }

  /** 0 behind the end of damaged types. */
  #u32(at: number): number {
    return at + 4 <= this.#view.byteLength ? this.#view.getUint32(at, this.#isLittle) : 0
  }
}

const MOST_MODIFIERS = 32

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
