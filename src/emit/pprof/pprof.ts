/**
 * pprof's profile.proto, gzipped: one sample for each distinct stack of a task on a cpu.
 * https://github.com/google/pprof/blob/main/proto/README.md
 *
 * Values are calls and self time; in traces with return values also the calls that returned an errno. Readers
 * add up inclusive time themselves ("cum"); a sample type of its own would be counted again for each caller.
 *
 * Lost: when each call happened, instants, and calls whose exit is not in the trace (what they
 * called is there, below them).
 */
import type { ByteSink } from '../../base/byte-writer.js'
import { joined } from '../../base/chunks.js'
import { StringTable } from '../../base/string-table.js'
import { textRoom, WireWriter } from '../../base/wire.js'
import { InterruptBegins } from '../../timeline/interrupt-functions.js'
import { clockTexts, functionName, trackName } from '../../timeline/names.js'
import type { TimelineSink, TraceFacts, Track } from '../../timeline/sink.js'
import {
  type NodeId,
  type StackGroup,
  type StackWeights,
  stacksAtEnd,
} from '../../timeline/stacks/index.js'
import { type GzipOptions, gzipByPako } from '../gzip.js'
import {
  COMMENT,
  DEFAULT_SAMPLE_TYPE,
  DURATION_NANOS,
  FILENAME,
  FUNCTION,
  FUNCTION_ID,
  HAS_FUNCTIONS,
  ID,
  KEY,
  LABEL,
  LINE,
  LOCATION,
  LOCATION_ID,
  MAPPING,
  MAPPING_ID,
  MEMORY_START,
  NAME,
  NUM,
  NUM_UNIT,
  PERIOD,
  PERIOD_TYPE,
  SAMPLE,
  SAMPLE_TYPE,
  STR,
  STRING_TABLE,
  SYSTEM_NAME,
  TYPE,
  UNIT,
  VALUE,
} from './fields.js'

export function openPprof(out: ByteSink, options: GzipOptions): TimelineSink {
  const { gzip = gzipByPako } = options
  return stacksAtEnd({ byTrack: true, byCpu: true }, (weights, facts) => {
    const blocks: Uint8Array[] = []
    const profile = new ProfileWriter(weights, block => blocks.push(block))
    profile.write(options.title, facts)
    const size = blocks.reduce((sum, { length }) => sum + length, 0)
    if (profile.samples > MOST_SAMPLES || size > MOST_BYTES) {
      options.warn?.(
        `pprof: Pyroscope takes 16,000 samples and 4 MiB, these are ${profile.samples} and ${mebibytes(size)}; trace fewer functions or less time for it`,
      )
    }
    for (const piece of gzip(blocks)) out(piece)
  })
}

/** The limits of a Pyroscope server by default, before gzip. */
const MOST_SAMPLES = 16_000
const MOST_BYTES = 4 * 1024 * 1024

const KERNEL_TEXT = 0xffffffff81000000n

/** Room for any message of numbers, except for the locations of a sample. */
const SHORT = 64
/** The longest varint. */
const LONGEST = 10

/** Writes a Profile; the string table goes last, because every other part adds to it. */
class ProfileWriter {
  samples = 0
  readonly #weights: StackWeights
  readonly #wire: WireWriter
  readonly #strings = new StringTable([''])
  readonly #interrupts = new InterruptBegins()

  constructor(weights: StackWeights, out: ByteSink) {
    this.#weights = weights
    for (const [id, definition] of weights.functions.entries()) {
      this.#interrupts.defineFunction(id, definition)
    }
    for (const [id, track] of weights.tracks.entries()) this.#interrupts.defineTrack(id, track)
    this.#wire = new WireWriter(out)
  }

  write(title: string, facts: TraceFacts): void {
    const strings = this.#strings
    const wire = this.#wire
    this.#writeType(SAMPLE_TYPE, 'calls', 'count')
    this.#writeType(SAMPLE_TYPE, 'self', 'nanoseconds')
    if (this.#weights.hasReturns) this.#writeType(SAMPLE_TYPE, 'errors', 'count')
    for (const group of this.#weights.groups) this.#writeSamples(group)
    this.#writeSymbols()
    this.#writeType(PERIOD_TYPE, 'self', 'nanoseconds')
    wire.room(SHORT)
    wire.field(DURATION_NANOS, facts.span)
    wire.field(PERIOD, 1)
    wire.field(DEFAULT_SAMPLE_TYPE, strings.index('self'))
    for (const line of comments(title, facts)) {
      wire.room(SHORT)
      wire.field(COMMENT, strings.index(line))
    }
    for (const text of strings.texts) {
      wire.room(textRoom(text) + 1)
      wire.text(STRING_TABLE, text)
    }
    wire.flush()
  }

  #writeType(tag: number, type: string, unit: string): void {
    const wire = this.#wire
    wire.room(SHORT)
    const begin = wire.open(tag)
    wire.field(TYPE, this.#strings.index(type))
    wire.field(UNIT, this.#strings.index(unit))
    wire.close(begin)
  }

  #writeSamples({ track, cpu, root }: StackGroup): void {
    const { tree, tracks, hasReturns } = this.#weights
    const interrupts = this.#interrupts
    const wire = this.#wire
    const owner = tracks[track]
    const ofTask = this.#labels(owner, cpu, owner.isInterrupts === true)
    const ofInterrupt = this.#labels(owner, cpu, true)
    /** The depth of the call that is an interrupt's, with all that it calls. */
    let interrupt = Number.POSITIVE_INFINITY
    tree.walk(root, (node, depth) => {
      if (depth <= interrupt) {
        const begins = interrupts.isAt(track, tree.functionOf(node))
        interrupt = begins ? depth : Number.POSITIVE_INFINITY
      }
      const labels = interrupt <= depth ? ofInterrupt : ofTask
      const calls = tree.calls(node)
      if (calls === 0) return
      this.samples++
      wire.room(SHORT + (depth + 1) * LONGEST + labels.length)
      const sample = wire.openLong(SAMPLE)
      const locations = wire.openLong(LOCATION_ID)
      for (let at: NodeId = node; at !== root; at = tree.parent(at)) {
        wire.number(tree.functionOf(at))
      }
      wire.closeLong(locations)
      const values = wire.open(VALUE)
      wire.number(calls)
      wire.number(tree.self(node))
      if (hasReturns) wire.number(tree.errors(node))
      wire.close(values)
      wire.bytes(labels)
      wire.closeLong(sample)
    })
  }

  /** Numbers have a unit: without one pprof drops a 0, such as cpu 0. */
  #labels(track: Track, cpu: number, isInterrupt: boolean): Uint8Array {
    const blocks: Uint8Array[] = []
    const wire = new WireWriter(block => blocks.push(block))
    const label = (key: string, write: (key: number) => void) => {
      wire.room(SHORT)
      const begin = wire.open(LABEL)
      const index = this.#strings.index(key)
      wire.field(KEY, index)
      write(index)
      wire.close(begin)
    }
    const number = (key: string, value: number) =>
      label(key, unit => {
        wire.field(NUM, value)
        wire.field(NUM_UNIT, unit)
      })
    const text = (key: string, value: string) =>
      label(key, () => wire.field(STR, this.#strings.index(value)))
    if (cpu >= 0) number('cpu', cpu)
    if (track.pid !== undefined) number('pid', track.pid)
    if (track.comm !== '') text('comm', track.comm)
    text('thread', trackName(track))
    if (isInterrupt) text('context', 'interrupt')
    else if (track.pid !== undefined) text('context', track.pid === 0 ? 'idle' : 'task')
    wire.flush()
    return joined(blocks)
  }

  /** A location and a function for each kernel function, all with its own id: 1, 2, 3 ... */
  #writeSymbols(): void {
    const wire = this.#wire
    const mappings = new Map<string, number>()
    this.#mappingOf('', mappings)
    for (const [id, definition] of this.#weights.functions.entries()) {
      if (id === 0) continue
      const mapping = this.#mappingOf(definition.module, mappings)
      wire.room(2 * SHORT)
      const location = wire.open(LOCATION)
      wire.field(ID, id)
      wire.field(MAPPING_ID, mapping)
      const line = wire.open(LINE)
      wire.field(FUNCTION_ID, id)
      wire.close(line)
      wire.close(location)
      const func = wire.open(FUNCTION)
      wire.field(ID, id)
      wire.field(NAME, this.#strings.index(functionName(definition)))
      wire.field(SYSTEM_NAME, this.#strings.index(definition.name))
      wire.close(func)
    }
  }

  /** The id of the mapping of the kernel ('') or a module; writes the mapping if it is new. */
  #mappingOf(module: string, known: Map<string, number>): number {
    const id = known.get(module) ?? known.size + 1
    if (id <= known.size) return id
    known.set(module, id)
    const wire = this.#wire
    wire.room(SHORT)
    const mapping = wire.open(MAPPING)
    wire.field(ID, id)
    if (module === '') wire.big(MEMORY_START, KERNEL_TEXT)
    wire.field(FILENAME, this.#strings.index(module || '[kernel.kallsyms]'))
    wire.field(HAS_FUNCTIONS, 1)
    wire.close(mapping)
    return id
  }
}

function comments(title: string, facts: TraceFacts): string[] {
  const lines = [`trace: ${title}`, `dialect: ${facts.dialect}`]
  if (facts.columns.length > 0) lines.push(`columns: ${facts.columns.join(', ')}`)
  lines.push(`clock: ${clockTexts[facts.clock]}`)
  if (facts.origin !== '') lines.push(`origin: ${facts.origin} s`)
  lines.push(`lost events: ${facts.lostEvents}`)
  return lines
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
