/**
 * Unpacks .zst (RFC 8878): frames one after another, those to be skipped too. The decoder is Zstandard
 * itself as the WebAssembly of zstddec, which is driven here: the package's own functions take no
 * notice of errors.
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
  /** Returns 0 where a frame is at its end and wholly given out. */
  ZSTD_decompressStream(context: number, output: number, input: number): number
}

export async function openZstd(): Promise<Unpacker> {
  const imports = { env: { emscripten_notify_memory_growth() {} } }
  compiled ??= compiledZstd()
  const { exports } = await WebAssembly.instantiate(await compiled, imports)
  return new Zstd(exports as unknown as Exports)
}

/** Each input has an instance of its own; zstddec loads but once. */
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
  /** Where the structs of buffers are: each an address, a size and a position. */
  readonly #input: number
  readonly #output: number
  readonly #piece: number
  #isBetweenFrames = true
  /** Bytes before the block at hand. */
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
    // What fills its piece may have left more behind.
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
