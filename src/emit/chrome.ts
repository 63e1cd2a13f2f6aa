/**
 * Trace Event JSON in its object form, begin and end events in file order
 * (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMh4h6I0nSsKchNAySU, "Trace Event Format").
 * Perfetto, chrome://tracing and the Firefox Profiler read it.
 *
 * Times are microseconds with three decimals since the start of the trace, exact to the nanosecond.
 * No arguments on calls: importers take them for a part of the name. Calls without an exit in the
 * trace end where their track was last seen, with an instant that says so. Lost: nothing but the
 * measured durations where they differ from the distance between begin and end.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { functionName, trackName } from '../timeline/names.js'
import {
  type FunctionId,
  type Nanos,
  type TimelineSink,
  type Track,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import type { EmitOptions } from './formats.js'

/** Pids end below 2^22: what is no task has ids from there on. */
const IDLE_PROCESS = 4194304
const FIRST_FREE_ID = IDLE_PROCESS + 1

interface ChromeTrack {
  readonly pid: number
  readonly tid: number
  /** An event of the track up to its time. */
  readonly begin: Uint8Array
  readonly end: Uint8Array
  readonly instant: Uint8Array
  /** How many calls are open. */
  level: number
  /** Of these, the ones whose begin is not written, for their name is to come. */
  readonly late: { readonly level: number; readonly at: Nanos }[]
}

const utf8 = new TextEncoder()

export function openChrome(out: ByteSink, { title }: EmitOptions): TimelineSink {
  const writer = new ByteWriter(out)
  const tracks: ChromeTrack[] = []
  const names: string[] = []
  /** A call from its time on: name, category, and the end of the event. */
  const functions: Uint8Array[] = []
  /** No event has been written yet. */
  let isFirst = true

  const writeMetadata = (name: string, { pid, tid }: ChromeTrack, args: object) => {
    writer.text(`${isFirst ? '' : ',\n'}${JSON.stringify({ ph: 'M', name, pid, tid, args })}`)
    isFirst = false
  }
  const writeCall = (start: Uint8Array, func: FunctionId, at: Nanos) => {
    writer.bytes(start)
    writer.micros(at)
    writer.bytes(functions[func] as Uint8Array)
  }
  const writeInstant = (start: Uint8Array, at: Nanos, name: string, text = '') => {
    const args = text === '' ? '' : `,"args":${JSON.stringify({ text })}`
    writer.bytes(start)
    writer.micros(at)
    writer.text(`,"name":${JSON.stringify(name)}${args}}`)
  }

  writer.text('{"displayTimeUnit":"ns","traceEvents":[\n')
  return {
    defineFunction(id, definition) {
      const name = functionName(definition)
      const category = definition.module || 'kernel'
      names[id] = name
      functions[id] = utf8.encode(
        `,"name":${JSON.stringify(name)},"cat":${JSON.stringify(category)}}`,
      )
    },
    defineTrack(id, track) {
      const chromeTrack = tracks[id] ?? chromeTrackOf(id, track)
      tracks[id] = chromeTrack
      const process = track.pid === 0 ? 'idle' : track.comm || trackName(track)
      writeMetadata('process_name', chromeTrack, { name: process })
      writeMetadata('thread_name', chromeTrack, { name: trackName(track) })
      if (track.cpu !== undefined) {
        writeMetadata('thread_sort_index', chromeTrack, { sort_index: track.cpu })
      }
    },
    begin(id, func, at) {
      const track = tracks[id] as ChromeTrack
      const level = track.level++
      if (func === UNNAMED) track.late.push({ level, at })
      else writeCall(track.begin, func, at)
    },
    end(id, func, at, duration) {
      const track = tracks[id] as ChromeTrack
      const level = --track.level
      const late = track.late.at(-1)
      if (late?.level === level) {
        track.late.pop()
        if (func === UNNAMED) return
        writeCall(track.begin, func, late.at)
      }
      writeCall(track.end, func, at)
      if (duration === UNMEASURED) writeInstant(track.instant, at, `incomplete: ${names[func]}`)
    },
    migrate() {},
    instant(id, at, name, text) {
      writeInstant((tracks[id] as ChromeTrack).instant, at, name, text)
    },
    lost(cpu, at, events) {
      const start = eventStart({ ph: 'i', s: 'g', pid: IDLE_PROCESS, tid: IDLE_PROCESS }, isFirst)
      isFirst = false
      writeInstant(start, at, `lost events of cpu ${cpu}`, events > 0 ? `${events} events` : '')
    },
    finish({ dialect, columns, clock, origin, lostEvents }) {
      const facts = {
        exporter: 'fgraph',
        title,
        dialect,
        columns: columns.join(', '),
        clock,
        origin,
      }
      const json = JSON.stringify({ ...facts, lost_events: lostEvents })
      writer.text(`\n],\n"otherData":${json},\n"metadata":${json}}\n`)
      writer.flush()
    },
  }
}

/** A task is a thread of its own process; idle tasks share one; a cpu is a process of its own. */
function chromeTrackOf(id: number, track: Track): ChromeTrack {
  const tid = track.pid || FIRST_FREE_ID + id
  const pid = track.pid === 0 ? IDLE_PROCESS : tid
  return {
    pid,
    tid,
    begin: eventStart({ ph: 'B', pid, tid }, false),
    end: eventStart({ ph: 'E', pid, tid }, false),
    instant: eventStart({ ph: 'i', s: 't', pid, tid }, false),
    level: 0,
    late: [],
  }
}

function eventStart(fields: object, isFirst: boolean): Uint8Array {
  return utf8.encode(`${isFirst ? '' : ',\n'}${JSON.stringify(fields).slice(0, -1)},"ts":`)
}
