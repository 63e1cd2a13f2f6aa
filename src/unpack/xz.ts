/**
 * Unpacks .xz (tukaani.org/xz/xz-file-format.txt): any number of streams, and padding between them.
 * The decoder is XZ Embedded, the WebAssembly module of xz-decompress. It is called directly,
 * because the package's own stream unpacks one input at a time and does not say where the damage
 * is. Filters other than LZMA2 (they are for executables) and checks other than CRC-32 and CRC-64
 * are not supported.
 */
import xzDecompress from 'xz-decompress'
import { DAMAGED, Damage, TRUNCATED, type Unpacker } from './unpacker.js'

/** `enum xz_ret` of xz.h. */
const OK = 0
const STREAM_END = 1
const codes: Readonly<Record<number, string>> = {
  3: 'needs more memory than there is',
  4: 'needs a dictionary of more than 64 MiB',
  5: 'is followed by something else',
  6: 'is packed with a filter for programs or with another check than CRC',
}

interface Exports {
  readonly memory: WebAssembly.Memory
  create_context(): number
  /** Sets the number of bytes in the input buffer; 0 is the end of all input. */
  supply_input(context: number, length: number): void
  /** Returns `STREAM_END` only at the end of all input. */
  get_next_output(context: number): number
}

/** An undocumented part of the package: how it makes an instance. */
interface Loader {
  _getModuleInstance(): Promise<void>
  _moduleInstance: WebAssembly.Instance
}

export async function openXz(): Promise<Unpacker> {
  const loader = xzDecompress.XzReadableStream as unknown as Loader
  await loader._getModuleInstance()
  return new Xz(loader._moduleInstance.exports as unknown as Exports)
}

/** Fields of the context, of 32 bits each. */
const BUFFER_SIZE = 0
const INPUT = 1
const INPUT_POSITION = 2
const OUTPUT = 4
const OUTPUT_POSITION = 5

class Xz implements Unpacker {
  readonly #xz: Exports
  readonly #context: number
  readonly #bufferSize: number
  /** Bytes before those in the input buffer. */
  #before = 0

  constructor(xz: Exports) {
    this.#xz = xz
    this.#context = xz.create_context()
    this.#bufferSize = this.#field(BUFFER_SIZE)
  }

  *push(block: Uint8Array): Iterable<Uint8Array> {
    for (let at = 0; at < block.length; at += this.#bufferSize)
      yield* this.#unpack(block.subarray(at, at + this.#bufferSize))
  }

  end(): void {
    this.#xz.supply_input(this.#context, 0)
    if (this.#xz.get_next_output(this.#context) !== STREAM_END)
      throw new Damage(TRUNCATED, this.#before)
  }

  *#unpack(input: Uint8Array): Iterable<Uint8Array> {
    const xz = this.#xz
    new Uint8Array(xz.memory.buffer).set(input, this.#field(INPUT))
    xz.supply_input(this.#context, input.length)
    // If the output buffer is full, there may be more output.
    for (let isFull = false; isFull || this.#field(INPUT_POSITION) < input.length; ) {
      const result = xz.get_next_output(this.#context)
      const output = this.#field(OUTPUT)
      const length = this.#field(OUTPUT_POSITION)
      this.#fields()[OUTPUT_POSITION] = 0
      isFull = length === this.#bufferSize
      // Copied, because memory moves when it grows, and inputs that are open together may share it.
      if (length > 0) yield new Uint8Array(xz.memory.buffer, output, length).slice()
      if (result !== OK)
        throw new Damage(codes[result] ?? DAMAGED, this.#before + this.#field(INPUT_POSITION))
    }
    this.#before += input.length
  }

  #field(index: number): number {
    return this.#fields()[index]
  }

  #fields(): Uint32Array {
    return new Uint32Array(this.#xz.memory.buffer, this.#context, 6)
  }
}
