/** Inputs as they come: texts, and trace.dat files, which are read at any place. */
import { type BytesAt, bytesInMemory } from './base/bytes-at.js'
import { joined, withStart } from './base/chunks.js'
import { UserError } from './base/user-error.js'
import type { DialectName } from './ingest/dialects.js'
import { mergedByTime } from './ingest/text/merge-by-time.js'
import {
  isRecording,
  MAGIC_LENGTH,
  openRecording,
  type Recording,
  traceDat,
} from './ingest/trace-dat/index.js'

/** One input: the bytes of a trace, or of a part of one. */
export interface Source {
  /** Its name in messages. */
  readonly name: string
  readonly chunks: AsyncIterable<Uint8Array>
  /** The numbers of the captures that are read, the first of the text being 1; by default all. */
  readonly captures?: readonly number[] | undefined
  /**
   * For a trace.dat: its bytes at any place. `start` are the first of them, and `chunks` all, which need not be
   * used. By default they are collected in memory.
   */
  atAnyPlace?(start: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<BytesAt>
}

/** A trace.dat, opened. */
export interface NamedRecording {
  readonly name: string
  readonly recording: Recording
}

/** The inputs of a run, the texts of one recording's cpus merged into one. */
export interface Inputs {
  readonly texts: readonly Source[]
  readonly recordings: readonly NamedRecording[]
}

/**
 * Looks at the first bytes of each source, unless `dialect` says what they are. Rejects with a UserError for a
 * trace.dat that cannot be read.
 */
export async function inputsOf(
  sources: Iterable<Source>,
  dialect: DialectName | undefined,
): Promise<Inputs> {
  const texts: Source[] = []
  const recordings: NamedRecording[] = []
  for (const source of sources) {
    const { name } = source
    const { start, chunks, close } = await begun(source.chunks)
    if (!isRecording(start) || (dialect !== undefined && dialect !== traceDat.name)) {
      if (dialect === traceDat.name) throw new UserError(`${name}: ${NO_RECORDING}`)
      texts.push({ ...source, chunks })
      continue
    }
    if (source.captures) throw new UserError(`${name}: ${NO_CAPTURES}`)
    const file = source.atAnyPlace
      ? await source.atAnyPlace(start, chunks)
      : bytesInMemory(await collected(chunks))
    close()
    recordings.push({ name, recording: await naming(name, () => openRecording(file)) })
  }
  return { texts: await inOrder(texts), recordings }
}

const NO_RECORDING = 'is no trace.dat of trace-cmd; leave out --dialect'
const NO_CAPTURES = 'a trace.dat has buffers, not captures; choose one with --buffer'

/** Makes errors that users can mend name the source. */
export async function naming<T>(name: string, readOn: () => T | Promise<T>): Promise<T> {
  try {
    return await readOn()
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error
  }
}

/** The first bytes, as many as tell what they are of, and all of them. */
async function begun(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ start: Uint8Array; chunks: AsyncIterable<Uint8Array>; close(): void }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const next = await iterator.next()
  let start: Uint8Array = next.done ? new Uint8Array(0) : next.value
  // A text differs from a trace.dat in its first byte.
  while (start.length < MAGIC_LENGTH && isRecordingSoFar(start)) {
    const { done, value } = await iterator.next()
    if (done) break
    start = joined([start, value])
  }
  // Not awaited: the source may be waiting for bytes that nobody needs any more.
  const close = () => void iterator.return?.()
  return { start, chunks: closing(withStart(start, iterator), close), close }
}

function isRecordingSoFar(start: Uint8Array): boolean {
  return start.length > 0 && start[0] === 0x17
}

/** Closes what the chunks come from when they end or are given up. */
async function* closing(
  chunks: AsyncIterable<Uint8Array>,
  close: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } finally {
    close()
  }
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies: Uint8Array[] = []
  for await (const chunk of chunks) copies.push(chunk.slice())
  return joined(copies)
}

/** Merges the texts of one recording's cpus into one source. */
async function inOrder(sources: readonly Source[]): Promise<readonly Source[]> {
  if (sources.length < 2 || sources.some(({ captures }) => captures)) return sources
  const texts = await mergedByTime(sources.map(({ chunks }) => chunks))
  const names = sources.map(({ name }) => name)
  return texts.map((chunks, index) => ({
    name: texts.length === sources.length ? (names[index] as string) : names.join(', '),
    chunks,
  }))
}
