/**
 * speedscope's own JSON, an evented profile for each track
 * (github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts).
 *
 * The importer wants the events of a profile in one piece, in order and all closed, so they are
 * kept, 12 bytes each, until the end. Lost: arguments and return values, instants, sections, lost
 * events, which calls are incomplete, and the measured durations where they differ from the
 * distance between begin and end.
 */
import { BRACE_CLOSE, COMMA } from '../base/ascii.js'
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { append, type Column, float64Column, int32Column } from '../base/columns.js'
import { ignored } from '../timeline/ignored.js'
import { functionName, trackName } from '../timeline/names.js'
import { type KernelFunction, type TimelineSink, type Track, UNNAMED } from '../timeline/sink.js'
import type { EmitOptions } from './formats.js'

/** The events of one track. */
interface TrackEvents {
  readonly positions: Column<Float64Array>
  /** Twice the function's id; 1 more where the call ends. */
  readonly events: Column<Int32Array>
  /** Indexes of the begins of the open calls. */
  readonly open: number[]
  /** Nanoseconds in calls, for the order of the profiles. */
  busy: number
}

export function openSpeedscope(out: ByteSink, { title }: EmitOptions): TimelineSink {
  const functions: KernelFunction[] = []
  const definitions: Track[] = []
  const tracks: TrackEvents[] = []
  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      definitions[id] = track
      tracks[id] ??= { positions: float64Column(), events: int32Column(), open: [], busy: 0 }
    },
    begin(id, func, at) {
      const { positions, events, open } = tracks[id] as TrackEvents
      append(positions, at)
      open.push(append(events, func * 2))
    },
    end(id, func, at) {
      const track = tracks[id] as TrackEvents
      append(track.positions, at)
      append(track.events, func * 2 + 1)
      const begin = track.open.pop() as number
      // The name of a call that was running before comes with its end only.
      track.events.values[begin] = func * 2
      if (track.open.length === 0) track.busy += at - (track.positions.values[begin] as number)
    },
    finish() {
      const writer = new ByteWriter(out)
      const frames = new Frames(functions)
      writer.text('{"$schema":"https://www.speedscope.app/file-format-schema.json",')
      writer.text(`"exporter":"fgraph","name":${JSON.stringify(title)},"activeProfileIndex":0,\n`)
      writer.text('"profiles":[')
      let separator = '\n'
      for (const id of profileOrder(tracks, definitions)) {
        writer.text(separator)
        separator = ',\n'
        writeProfile(writer, trackName(definitions[id] as Track), tracks[id] as TrackEvents, frames)
      }
      writer.text(`],\n"shared":{"frames":[\n${frames.json.join(',\n')}\n]}}\n`)
      writer.flush()
    },
  }
}

/** The busiest task first; idle tasks after all others; tracks without calls not at all. */
function profileOrder(tracks: readonly TrackEvents[], definitions: readonly Track[]): number[] {
  const isIdle = (id: number) => Number(definitions[id]?.pid === 0)
  const busy = (id: number) => tracks[id]?.busy ?? 0
  return [...tracks.keys()]
    .filter(id => tracks[id]?.events.values.subarray(0, tracks[id].events.length).some(isCall))
    .sort((a, b) => isIdle(a) - isIdle(b) || busy(b) - busy(a) || a - b)
}

function isCall(event: number): boolean {
  return event >> 1 !== UNNAMED
}

function writeProfile(writer: ByteWriter, name: string, track: TrackEvents, frames: Frames): void {
  const { positions, events } = track
  const endValue = positions.values[positions.length - 1]
  writer.text(`{"type":"evented","name":${JSON.stringify(name)},"unit":"nanoseconds",`)
  writer.text(`"startValue":0,"endValue":${endValue},"events":[`)
  let comma = false
  for (let i = 0; i < events.length; i++) {
    const event = events.values[i] as number
    if (!isCall(event)) continue
    if (comma) writer.byte(COMMA)
    comma = true
    writer.bytes(event & 1 ? CLOSE : OPEN)
    writer.integer(frames.indexOf(event >> 1))
    writer.bytes(AT)
    writer.integer(positions.values[i] as number)
    writer.byte(BRACE_CLOSE)
  }
  writer.text('\n]}')
}

const utf8 = new TextEncoder()
const OPEN = utf8.encode('\n{"type":"O","frame":')
const CLOSE = utf8.encode('\n{"type":"C","frame":')
const AT = utf8.encode(',"at":')

/** The frames that all profiles share, dense in the order of their first use. */
class Frames {
  readonly json: string[] = []
  readonly #functions: readonly KernelFunction[]
  readonly #indexes: number[] = []

  constructor(functions: readonly KernelFunction[]) {
    this.#functions = functions
  }

  indexOf(func: number): number {
    const known = this.#indexes[func]
    if (known !== undefined) return known
    const definition = this.#functions[func] as KernelFunction
    const file = definition.module && { file: definition.module }
    const index = this.json.push(JSON.stringify({ name: functionName(definition), ...file })) - 1
    this.#indexes[func] = index
    return index
  }
}
