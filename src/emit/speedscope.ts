/**
 * speedscope's own JSON, an evented profile for each track
 * (github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts).
 *
 * The importer wants the events of a profile in one piece, in order and complete, so they are kept
 * until the end, some three bytes each. Lost: arguments and return values, instants, sections,
 * counters, lost events, which calls are incomplete, and the measured durations where they differ
 * from the distance between begin and end.
 */
import type { ByteSink } from '../base/byte-writer.js'
import { BEGIN, busiestFirst, type KeptTrack, keepTracks } from '../timeline/logs/index.js'
import { functionName, trackName } from '../timeline/names.js'
import {
  type FunctionId,
  type KernelFunction,
  type TimelineSink,
  type Track,
  UNNAMED,
} from '../timeline/sink.js'
import { CallLines } from './call-lines/call-lines.js'
import type { EmitOptions } from './format.js'

export function openSpeedscope(out: ByteSink, { title, store }: EmitOptions): TimelineSink {
  const { functions, tracks, sink } = keepTracks(store)
  return {
    ...sink,
    finish() {
      const lines = new CallLines(out)
      lines.setTimes('nanos', 0, 0)
      const frames = new Frames(functions, lines)
      lines.text('{"$schema":"https://www.speedscope.app/file-format-schema.json",')
      lines.text(`"exporter":"fgraph","name":${JSON.stringify(title)},"activeProfileIndex":0,\n`)
      lines.text('"profiles":[')
      const shown = tracks.filter(({ calls }) => calls.isNamed)
      busiestFirst(shown, ({ calls }) => calls.busy).forEach((track, index) => {
        lines.text(index === 0 ? '\n' : ',\n')
        writeProfile(lines, track, frames)
      })
      lines.text(`],\n"shared":{"frames":[\n${frames.json.join(',\n')}\n]}}\n`)
      lines.flush()
    },
  }
}

/** `bash (170)` for a task; any other track as in every output. */
function profileName(track: Track): string {
  return track.pid ? `${track.comm || '<...>'} (${track.pid})` : trackName(track)
}

function writeProfile(lines: CallLines, { id, track, calls }: KeptTrack, frames: Frames): void {
  lines.text(`{"type":"evented","name":${JSON.stringify(profileName(track))},`)
  lines.text(`"unit":"nanoseconds","startValue":0,"endValue":${calls.last},"events":[`)
  const [begin, end] = ['\n{"type":"O","at":', '\n{"type":"C","at":']
  lines.defineTrack(id, { begin, end })
  let isFirst = true
  const log = calls.read()
  for (let length = log.read(); length > 0; length = log.read()) {
    const { events } = log
    let from = 0
    for (let event = 0; event < length; event++) {
      const func = events.numbers[2 * event + 1]
      if ((events.numbers[2 * event] & 3) !== BEGIN || func === UNNAMED) continue
      frames.use(func)
      if (!isFirst) continue
      lines.callEvents(events, from, event + 1)
      lines.defineTrack(id, { begin: `,${begin}`, end: `,${end}` })
      from = event + 1
      isFirst = false
    }
    lines.callEvents(events, from, length)
  }
  lines.text('\n]}')
}

/** The frames that all profiles share, numbered in the order of their first use. */
class Frames {
  readonly json: string[] = []
  readonly #functions: readonly KernelFunction[]
  readonly #lines: CallLines
  readonly #isKnown: boolean[] = []

  constructor(functions: readonly KernelFunction[], lines: CallLines) {
    this.#functions = functions
    this.#lines = lines
  }

  use(func: FunctionId): void {
    if (this.#isKnown[func]) return
    this.#isKnown[func] = true
    const definition = this.#functions[func]
    const file = definition.module && { file: definition.module }
    const frame = this.json.push(JSON.stringify({ name: functionName(definition), ...file })) - 1
    const rest = `,"frame":${frame}}`
    this.#lines.defineFunction(func, { begin: rest, end: rest })
  }
}
