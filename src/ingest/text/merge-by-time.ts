import { HASH, LF } from '../../base/ascii.js'
import { withStart } from '../../base/chunks.js'

/** So much of each text shows whether they are to be merged. */
const SAMPLE = 64 * 1024
const BLOCK = 256 * 1024

/** `  606.478818 |   1)`, where the kernel's text has both a time and a cpu. */
const timedLine = /^ *(\d+)\.(\d{6}) \| {1,4}(\d+)\) /

const latin1 = new TextDecoder('latin1')

/**
 * The texts of several cpus as one text in the order of time, if that is what they are: kernel text
 * with timestamps, such as the files per_cpu/cpuN/trace of one recording, each of one cpu and no two
 * of the same. Otherwise the texts as they were.
 */
export async function mergedByTime(
  texts: readonly AsyncIterable<Uint8Array>[],
): Promise<readonly AsyncIterable<Uint8Array>[]> {
  const feeds = texts.map(text => new Feed(text[Symbol.asyncIterator]()))
  for (const feed of feeds) await feed.fillTo(SAMPLE)
  const cpus = feeds.map(feed => feed.onlyCpu())
  const isOfOneRecording =
    cpus.every(cpu => cpu !== undefined) && new Set(cpus).size === cpus.length
  return isOfOneRecording ? [merge(feeds)] : feeds.map(feed => feed.restored())
}

async function* merge(feeds: readonly Feed[]): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(BLOCK)
  let length = 0
  for (const [index, feed] of feeds.entries()) {
    // A second header would be that of another capture.
    if (index > 0) feed.skipHeader()
    await feed.next()
  }
  for (;;) {
    const first = earliest(feeds)
    if (!first) break
    const record = first.record()
    if (length + record.length > block.length) {
      yield block.subarray(0, length)
      block = new Uint8Array(Math.max(BLOCK, record.length))
      length = 0
    }
    block.set(record, length)
    length += record.length
    if (!first.advance()) await first.next()
  }
  yield block.subarray(0, length)
}

/** The feed whose record is the earliest; of equal ones the first. */
function earliest(feeds: readonly Feed[]): Feed | undefined {
  let found: Feed | undefined
  for (const feed of feeds) {
    if (!feed.hasRecord) continue
    const isEarlier =
      !found ||
      feed.seconds < found.seconds ||
      (feed.seconds === found.seconds && feed.micros < found.micros)
    if (isEarlier) found = feed
  }
  return found
}

/**
 * One text, cut into records: a line with a time, the lines without one before it (switch blocks,
 * losses), and those behind it that belong to its comment or stack.
 */
class Feed {
  seconds = 0
  micros = 0
  hasRecord = false
  readonly #chunks: AsyncIterator<Uint8Array>
  /** From the record on; the next one starts where it ends. */
  #bytes: Uint8Array = new Uint8Array(0)
  #start = 0
  #end = 0
  #isEnded = false

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks
  }

  async fillTo(length: number): Promise<void> {
    while (this.#bytes.length < length && !this.#isEnded) await this.#fill()
  }

  /** The cpu that all timed lines so far are of. */
  onlyCpu(): string | undefined {
    const cpus = new Set<string>()
    for (const line of latin1.decode(this.#bytes).split('\n')) {
      const cpu = timedLine.exec(line)?.[3]
      if (cpu !== undefined) cpus.add(cpu)
    }
    return cpus.size === 1 ? [...cpus][0] : undefined
  }

  /** All of the text, what was read to look at it included. */
  restored(): AsyncIterable<Uint8Array> {
    return withStart(this.#bytes, this.#chunks)
  }

  skipHeader(): void {
    while (this.#bytes[this.#end] === HASH) this.#end = this.#bytes.indexOf(LF, this.#end) + 1
  }

  record(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end)
  }

  /** Goes to the next record; reads more where that is needed. */
  async next(): Promise<void> {
    while (!this.advance() && !this.#isEnded) await this.#fill()
    if (!this.hasRecord) this.#takeRest()
  }

  /** Goes to the next record that is wholly there; false if there is none. */
  advance(): boolean {
    this.#start = this.#end
    this.hasRecord = false
    for (let at = this.#start; ; ) {
      const feed = this.#bytes.indexOf(LF, at)
      if (feed < 0) return false
      const timed = timedLine.exec(latin1.decode(this.#bytes.subarray(at, Math.min(feed, at + 64))))
      at = feed + 1
      if (!timed) continue
      const end = this.#endOfRecord(at, this.#opensComment(feed))
      if (end < 0) return false
      this.seconds = Number(timed[1])
      this.micros = Number(timed[2])
      this.#end = end
      this.hasRecord = true
      return true
    }
  }

  /** Behind the lines that belong to the line before `at`; -1 if they may go on in what comes. */
  #endOfRecord(at: number, isCommentOpen: boolean): number {
    let end = at
    for (let isOpen = isCommentOpen; ; ) {
      const feed = this.#bytes.indexOf(LF, end)
      if (feed < 0) return this.#isEnded ? end : -1
      const line = latin1.decode(this.#bytes.subarray(end, feed))
      const isFrame = line.startsWith(' => ') || line.includes('<stack trace>')
      if (timedLine.test(line) || !(isOpen || isFrame)) return end
      if (isOpen) isOpen = !line.trimEnd().endsWith('*/')
      end = feed + 1
    }
  }

  #opensComment(feed: number): boolean {
    const start = this.#bytes.lastIndexOf(LF, feed - 1) + 1
    const line = latin1.decode(this.#bytes.subarray(start, feed))
    return line.includes('/* ') && !line.trimEnd().endsWith('*/')
  }

  /** Lines without a time at the end of the text go with its last record. */
  #takeRest(): void {
    if (this.#start === this.#bytes.length) return
    this.#end = this.#bytes.length
    this.hasRecord = true
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done) {
      this.#isEnded = true
      if (this.#bytes.at(-1) !== LF) this.#append(Uint8Array.of(LF))
    } else {
      this.#append(value)
    }
  }

  #append(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#start)
    const bytes = new Uint8Array(rest.length + chunk.length)
    bytes.set(rest)
    bytes.set(chunk, rest.length)
    this.#bytes = bytes
    this.#end -= this.#start
    this.#start = 0
  }
}
