/**
 * Folded stacks in the order of time, a line for each interval in which a stack stays as it is: what
 * flamegraph.pl --flamechart draws. Tracks follow one another; the numbers are nanoseconds of the
 * extents of calls. Events are kept until the end, 12 bytes each, for names come late.
 *
 * Lost: the time between outermost calls, and the border between two calls of the same function
 * that follow each other at once.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { append, type Column, float64Column, int32Column } from '../base/columns.js'
import { ignored } from '../timeline/ignored.js'
import { type KernelFunction, type TimelineSink, type Track, UNNAMED } from '../timeline/sink.js'
import { functionFrame, rootFrame } from './folded-frames.js'
import type { EmitOptions } from './formats.js'
import { rootName } from './labelled-roots.js'

// What happens on a track, in the lowest bits of an event; the rest is the function, or the cpu.
const BEGIN = 0
const END = 1
const MIGRATION = 2
const KIND_BITS = 2

interface TrackEvents {
  track: Track
  readonly events: Column<Int32Array>
  readonly positions: Column<Float64Array>
  /** Indexes of the begins of the open calls. */
  readonly open: number[]
}

export function openFoldedChart(out: ByteSink, options: EmitOptions): TimelineSink {
  const functions: KernelFunction[] = [{ name: '', module: '' }]
  const tracks: TrackEvents[] = []
  const add = ({ events, positions }: TrackEvents, kind: number, operand: number, at: number) => {
    append(positions, at)
    return append(events, (operand << KIND_BITS) | kind)
  }
  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      tracks[id] ??= { track, events: int32Column(), positions: float64Column(), open: [] }
      tracks[id].track = track
    },
    begin(id, func, at) {
      const track = tracks[id] as TrackEvents
      track.open.push(add(track, BEGIN, func, at))
    },
    end(id, func, at) {
      const track = tracks[id] as TrackEvents
      add(track, END, func, at)
      // The name of a call that was running before comes with its end only.
      track.events.values[track.open.pop() as number] = (func << KIND_BITS) | BEGIN
    },
    migrate(id, cpu, at) {
      add(tracks[id] as TrackEvents, MIGRATION, cpu, at)
    },
    finish() {
      const writer = new ByteWriter(out)
      const { root, annotate = false } = options
      const names = functions.map(definition => functionFrame(definition, annotate))
      for (const events of tracks) {
        writeTrack(writer, events, names, cpu => rootFrame(rootName(root, events.track, cpu)))
      }
      writer.flush()
    },
  }
}

function writeTrack(
  writer: ByteWriter,
  { track, events, positions }: TrackEvents,
  names: readonly string[],
  rootOf: (cpu: number) => string,
): void {
  let root = rootOf(track.cpu ?? -1)
  const stack: string[] = []
  /** The last line, as long as it may become longer. */
  let line = ''
  let nanos = 0
  const flush = () => {
    if (nanos > 0) writer.text(`${line} ${nanos}\n`)
    nanos = 0
  }
  let from = 0
  for (let i = 0; i < events.length; i++) {
    const event = events.values[i] as number
    const at = positions.values[i] as number
    if (stack.length > 0 && at > from) {
      const stacked = [root, ...stack].filter(name => name !== '').join(';')
      if (stacked !== line) flush()
      line = stacked
      nanos += at - from
    }
    from = at
    const operand = event >> KIND_BITS
    const kind = event & 3
    if (kind === MIGRATION) root = rootOf(operand)
    else if (operand !== UNNAMED) {
      if (kind === BEGIN) stack.push(names[operand] as string)
      else stack.pop()
    }
  }
  flush()
}
