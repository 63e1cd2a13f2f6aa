/**
 * speedscope's own JSON, an evented profile for each track
 * (github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts).
 *
 * The importer wants the events of a profile in one piece, in order and all closed, so they are
 * kept, some three bytes each, until the end. Lost: arguments and return values, instants, sections,
 * counters, lost events, which calls are incomplete, and the measured durations where they differ
 * from the distance between begin and end.
 */
import { blocksInMemory } from '../base/block-store.js'
import { type ByteSink, ByteWriter, Piece } from '../base/byte-writer.js'
import { BEGIN, CallLog, END } from '../timeline/call-log.js'
import { ignored } from '../timeline/ignored.js'
import { functionName, trackName } from '../timeline/names.js'
import {
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type Track,
  UNNAMED,
} from '../timeline/sink.js'
import type { EmitOptions } from './formats.js'

interface Profile {
  track: Track
  readonly calls: CallLog
  /** Nanoseconds in calls. */
  busy: Nanos
  /** Whether anything in it has a name. */
  hasCalls: boolean
}

export function openSpeedscope(
  out: ByteSink,
  { title, store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  const functions: KernelFunction[] = []
  const profiles: Profile[] = []
  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      profiles[id] ??= { track, calls: new CallLog(store), busy: 0, hasCalls: false }
      profiles[id].track = track
    },
    begin(id, func, at) {
      profiles[id].calls.begin(func, at)
    },
    end(id, func, at, duration) {
      const profile = profiles[id]
      const { calls } = profile
      if (func !== UNNAMED) profile.hasCalls = true
      if (calls.level === 1) profile.busy += at - calls.begunAt
      calls.end(func, at, duration)
    },
    finish() {
      const writer = new ByteWriter(out)
      const frames = new Frames(functions)
      writer.text('{"$schema":"https://www.speedscope.app/file-format-schema.json",')
      writer.text(`"exporter":"fgraph","name":${JSON.stringify(title)},"activeProfileIndex":0,\n`)
      writer.text('"profiles":[')
      inOrder(profiles).forEach((profile, index) => {
        writer.text(index === 0 ? '\n' : ',\n')
        writeProfile(writer, profile, frames)
      })
      writer.text(`],\n"shared":{"frames":[\n${frames.json.join(',\n')}\n]}}\n`)
      writer.flush()
    },
  }
}

/** The busiest task first; idle tasks after all others; tracks without calls not at all. */
function inOrder(profiles: readonly Profile[]): Profile[] {
  const isIdle = ({ track }: Profile) => Number(track.pid === 0)
  return profiles
    .filter(({ hasCalls }) => hasCalls)
    .sort((a, b) => isIdle(a) - isIdle(b) || b.busy - a.busy)
}

/** `bash (170)`; whatever is no task as in every output. */
function profileName(track: Track): string {
  return track.pid ? `${track.comm || '<...>'} (${track.pid})` : trackName(track)
}

function writeProfile(writer: ByteWriter, { track, calls }: Profile, frames: Frames): void {
  writer.text(`{"type":"evented","name":${JSON.stringify(profileName(track))},`)
  writer.text(`"unit":"nanoseconds","startValue":0,"endValue":${calls.last},"events":[`)
  const events = calls.read()
  let isFirst = true
  while (events.next()) {
    if (events.kind > END || events.func === UNNAMED) continue
    const { index, open, close } = frames.of(events.func)
    if (isFirst) writer.text(`\n{"type":"O","frame":${index},"at":`)
    else writer.piece(events.kind === BEGIN ? open : close)
    isFirst = false
    writer.integer(events.at)
  }
  writer.text('}\n]}')
}

/** What stands before the position of an event, which is not the first one. */
interface Frame {
  readonly index: number
  readonly open: Piece
  readonly close: Piece
}

/** The frames that all profiles share, dense in the order of their first use. */
class Frames {
  readonly json: string[] = []
  readonly #functions: readonly KernelFunction[]
  readonly #frames: Frame[] = []

  constructor(functions: readonly KernelFunction[]) {
    this.#functions = functions
  }

  of(func: FunctionId): Frame {
    return this.#frames[func] ?? this.#add(func)
  }

  #add(func: FunctionId): Frame {
    const definition = this.#functions[func]
    const file = definition.module && { file: definition.module }
    const index = this.json.push(JSON.stringify({ name: functionName(definition), ...file })) - 1
    const frame = {
      index,
      open: new Piece(`},\n{"type":"O","frame":${index},"at":`),
      close: new Piece(`},\n{"type":"C","frame":${index},"at":`),
    }
    this.#frames[func] = frame
    return frame
  }
}
