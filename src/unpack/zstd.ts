/**
 * Unpacks .zst (RFC 8878): any number of frames, also skippable ones. The decoder is Zstandard
 * itself, the WebAssembly module of zstddec. It is called directly, because the package's own
 * functions ignore errors.
 */
import { ZSTDDecoder } from 'zstddec/stream'
import { DAMAGED, Damage, TRUNCATED, type Unpacker } from './unpacker.js'

const PIECE = 256 * 1024
/** Results from here on are errors: the negative of a code. */
const ERRORS = 2 ** 32 - 120

/** `ZSTD_error_...` of zstd_errors.h. */
const codes: Readonly<Record<number, string>> = {
  10: 'is followed by something else',
  16: 'needs a window of more than 128 MiB',
  32: 'needs a dictionary',
}

interface Exports {
  readonly memory: WebAssembly.Memory
  malloc(size: number): number
  free(pointer: number): void
  ZSTD_createDCtx(): number
  /** Returns 0 when a frame has ended and all of it is in the output. */
  ZSTD_decompressStream(context: number, output: number, input: number): number
}

export async function openZstd(): Promise<Unpacker> {
  const imports = { env: { emscripten_notify_memory_growth() {} } }
  compiled ??= compiledZstd()
  const { exports } = await WebAssembly.instantiate(await compiled, imports)
  return new Zstd(exports as unknown as Exports)
}

/** Each input has its own instance; zstddec would load only one. */
let compiled: Promise<WebAssembly.Module> | undefined

function compiledZstd(): Promise<WebAssembly.Module> {
  return new Promise((resolve, reject) => {
    class Loader extends ZSTDDecoder {
      override _init({ module }: WebAssembly.WebAssemblyInstantiatedSource): void {
        resolve(module)
      }
    }
    new Loader().init().catch(reject)
  })
}

class Zstd implements Unpacker {
  readonly #zstd: Exports
  readonly #context: number
  /** Addresses of the buffer structs, each of which is an address, a size and a position. */
  readonly #input: number
  readonly #output: number
  readonly #piece: number
  #isBetweenFrames = true
  /** Bytes before the current block. */
  #before = 0

  constructor(zstd: Exports) {
    this.#zstd = zstd
    this.#context = zstd.ZSTD_createDCtx()
    this.#input = zstd.malloc(12)
    this.#output = zstd.malloc(12)
    this.#piece = zstd.malloc(PIECE)
  }

  *push(block: Uint8Array): Iterable<Uint8Array> {
    const zstd = this.#zstd
    const source = zstd.malloc(block.length)
    new Uint8Array(zstd.memory.buffer).set(block, source)
    this.#setBuffer(this.#input, source, block.length)
    // If the piece is full, there may be more output.
    for (let isFull = false; isFull || this.#position(this.#input) < block.length; ) {
      this.#setBuffer(this.#output, this.#piece, PIECE)
      const result = zstd.ZSTD_decompressStream(this.#context, this.#output, this.#input) >>> 0
      if (result >= ERRORS) {
        const what = codes[2 ** 32 - result] ?? DAMAGED
        throw new Damage(what, this.#before + this.#position(this.#input))
      }
      const length = this.#position(this.#output)
      this.#isBetweenFrames = result === 0
      isFull = length === PIECE && result !== 0
      if (length > 0) yield new Uint8Array(zstd.memory.buffer, this.#piece, length)
    }
    zstd.free(source)
    this.#before += block.length
  }

  end(): void {
    if (!this.#isBetweenFrames) throw new Damage(TRUNCATED, this.#before)
  }

  #setBuffer(struct: number, address: number, size: number): void {
    new Uint32Array(this.#zstd.memory.buffer, struct, 3).set([address, size, 0])
  }

  #position(struct: number): number {
    return new Uint32Array(this.#zstd.memory.buffer, struct, 3)[2]
  }
}
