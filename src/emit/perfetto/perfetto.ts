/**
 * Perfetto's protobuf trace: TrackEvents with exact nanoseconds, written as they come.
 * https://perfetto.dev/docs/reference/synthetic-track-event
 *
 * Each track is a sequence of packets with its own names and its own clock, which counts from one
 * packet to the next: an event takes 15 bytes. Names of tracks are known only at the end of the trace.
 * They may stand anywhere in the file, because Perfetto reads all descriptors before the first event, and
 * then sorts the events by time. Timestamps of the trace are kept, as the time since boot, which
 * most of the kernel's clocks count.
 *
 * The end of a call has debug annotations: the notes of the trace, whether entry or exit are missing,
 * and the printed duration if the slice has another length.
 *
 * Events of the scheduler and of interrupts are written twice: as instants on their task, and as
 * ftrace's own. Perfetto draws rows of cpus from the latter, so the timeline's lanes leave out what
 * these events begin. Wake-ups and migrations flow to the switch that runs their task.
 *
 * Lost: which cpu a task ran on, unless such events tell it. Perfetto drops slices that are nested more
 * than 512 deep, and the ends of others with them: calls that deep stand on a row below.
 */
import schema from '../../../proto/perfetto.proto'
import type { ByteSink } from '../../base/byte-writer.js'
import { WireWriter } from '../../base/wire.js'
import { InterruptBegins } from '../../timeline/interrupt-functions.js'
import { clockTexts } from '../../timeline/names.js'
import { isAnotherLength } from '../../timeline/notes.js'
import { printedTime, totalNanos } from '../../timeline/printed-time.js'
import {
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../../timeline/sink.js'
import { ignored } from '../../timeline/sinks/index.js'
import { eventCategory } from '../event-category.js'
import type { EmitOptions } from '../format.js'
import { CallPackets, newRow, type Row } from './calls.js'
import {
  CLEARED,
  COUNTER,
  categories,
  INCREMENTAL,
  INSTANT,
  marks,
  NEEDS_STATE,
  TIMELINE,
} from './fields.js'
import { type EventFlows, Flows } from './flows.js'
import { ftraceFields } from './ftrace-events.js'
import { messageType } from './schema.js'
import { Sections } from './sections.js'
import { describeTracks, OTHER_SEQUENCE } from './tracks.js'

/** The most calls that may be nested on a row: kMaxDepth in the trace processor's slice tracker. */
const DEEPEST = 512

/** Perfetto refuses a whole file if it has ftrace events of a cpu beyond these. */
const CPUS = 1024

/** The id of the clock of the whole trace. */
const BOOTTIME = 6

export function openPerfetto(out: ByteSink, options: EmitOptions): TimelineSink {
  const wire = new WireWriter(out)
  const trace = messageType(schema, 'perfetto.protos.Trace')
  const write = (packet: object) => wire.bytes(trace.encode({ packet: [packet] }))
  const tracks = describeTracks(write)
  const calls = new CallPackets(wire)
  const flows = new Flows()
  const interrupts = new InterruptBegins()
  const rows: Row[] = []
  const cpus: (number | undefined)[] = []
  const pids: (number | undefined)[] = []
  const sections = new Sections(tracks, writeOther)
  /** The first timestamp: positions count from there. */
  let origin = 0n
  let hasDurations = true
  let sequences = OTHER_SEQUENCE

  /** Begins the sequence for everything except calls. */
  function startOthers(): void {
    write({
      trustedPacketSequenceId: OTHER_SEQUENCE,
      sequenceFlags: CLEARED,
      tracePacketDefaults: { timestampClockId: TIMELINE },
      clockSnapshot: { clocks: [boottime(), { clockId: TIMELINE, timestamp: 0 }] },
    })
  }

  /** Begins the sequence of a track's calls. */
  function startRow(trackUuid: number, isInterrupts: boolean): Row {
    const row = newRow(++sequences, trackUuid, isInterrupts)
    const named = (name: string, index: number) => ({ iid: index + 1, name })
    write({
      trustedPacketSequenceId: row.sequence,
      sequenceFlags: CLEARED,
      internedData: {
        eventCategories: categories.map(named),
        debugAnnotationNames: marks.map(named),
      },
      tracePacketDefaults: {
        timestampClockId: INCREMENTAL,
        trackEventDefaults: { trackUuid },
      },
      clockSnapshot: {
        clocks: [
          boottime(),
          { clockId: INCREMENTAL, timestamp: 0, isIncremental: true },
          { clockId: TIMELINE, timestamp: 0 },
        ],
      },
    })
    return row
  }

  /** The row that shows calls of that level. */
  function rowAt(level: number, row: Row, deepest = DEEPEST): Row {
    if (level <= deepest) return row
    row.deeper ??= startRow(tracks.deeper(row.uuid, deepest), false)
    return rowAt(level, row.deeper, deepest + DEEPEST)
  }

  function boottime(): object {
    return { clockId: BOOTTIME, timestamp: bits(origin) }
  }

  /** An event that is no call. */
  function writeOther(at: Nanos, trackEvent: object): void {
    write({
      timestamp: at,
      trustedPacketSequenceId: OTHER_SEQUENCE,
      sequenceFlags: NEEDS_STATE,
      trackEvent,
    })
  }

  /** Returns false for a cpu that Perfetto refuses. */
  function writeFtrace(cpu: number, bundle: object): boolean {
    if (cpu < 0 || cpu >= CPUS) return false
    write({ trustedPacketSequenceId: OTHER_SEQUENCE, ftraceEvents: { cpu, ...bundle } })
    return true
  }

  /** Writes an event as ftrace's own, if Perfetto draws those. */
  function writeNative(track: TrackId, at: Nanos, name: string, text: string): EventFlows {
    const cpu = cpus[track]
    const fields = ftraceFields(name, text)
    sections.nativeCpu = undefined
    if (!fields || cpu === undefined) return flows.event(name, text)
    const { schedSwitch } = fields
    const pid = schedSwitch?.prevPid ?? pids[track] ?? flows.running(cpu) ?? 0
    const event = [{ timestamp: bits(origin + BigInt(at)), pid, ...fields }]
    if (writeFtrace(cpu, { event })) sections.nativeCpu = cpu
    if (!schedSwitch) return flows.event(name, text)
    return flows.switch(cpu, schedSwitch.prevPid, schedSwitch.nextPid)
  }

  return {
    ...ignored,

    start({ origin: firstTime, clock }) {
      origin = totalNanos(printedTime(firstTime))
      hasDurations = clock !== 'order'
      startOthers()
    },

    defineFunction(id, definition) {
      calls.defineFunction(id, definition)
      interrupts.defineFunction(id, definition)
    },

    defineTrack(id, track) {
      pids[id] = track.pid
      interrupts.defineTrack(id, track)
      cpus[id] ??= track.cpu
      const uuid = tracks.define(id, track)
      rows[id] ??= startRow(uuid, track.isInterrupts === true)
    },

    migrate(track, cpu) {
      cpus[track] = cpu < 0 ? undefined : cpu
    },

    begin(track, func, at) {
      const row = rows[track]
      const level = row.begins.push(at)
      if (func !== UNNAMED) {
        if (row.interruptLevel === 0 && interrupts.isAt(track, func)) row.interruptLevel = level
        calls.begin(rowAt(level, row), func, at, row.interruptLevel !== 0)
      } else {
        row.unnamed.push(level)
        row.unnamedLevel = level
      }
    },

    end(track, func, at, duration, notes) {
      const row = rows[track]
      const level = row.begins.length
      const begin = row.begins.pop() as Nanos
      const shown = rowAt(level, row)
      const hasEntry = row.unnamedLevel !== level
      if (!hasEntry) {
        row.unnamed.pop()
        row.unnamedLevel = row.unnamed.at(-1) ?? 0
        if (func === UNNAMED) return
        const isInterrupt = row.interruptLevel !== 0 || interrupts.isAt(track, func)
        calls.lateBegin(shown, func, begin, isInterrupt)
      }
      if (row.interruptLevel === level) row.interruptLevel = 0
      const isIncomplete = duration === UNMEASURED
      const differs = hasDurations && !isIncomplete && isAnotherLength(at - begin, duration)
      if (hasEntry && !isIncomplete && !differs && !notes) {
        calls.end(shown, at)
      } else {
        const printed = differs ? duration : undefined
        calls.markedEnd(shown, at, { hasEntry, isIncomplete, duration: printed, notes })
      }
    },

    instant(track, at, name, text, frames = []) {
      const eventFlows = writeNative(track, at, name, text)
      const category = eventCategory(name)
      const debugAnnotations: object[] = []
      if (text !== '') debugAnnotations.push({ name: 'text', stringValue: text })
      if (frames.length > 0) {
        debugAnnotations.push({ name: 'stack', stringValue: frames.join('\n') })
      }
      writeOther(at, {
        type: INSTANT,
        trackUuid: tracks.uuid(track),
        name,
        categories: category && [category],
        debugAnnotations,
        ...eventFlows,
      })
    },

    defineLane: (id, lane) => sections.define(id, lane),
    beginSection: (id, at, name) => sections.begin(id, at, name),
    endSection: (id, at) => sections.end(id, at),

    count(track, at, name, value) {
      const count = Number.isSafeInteger(value)
        ? { counterValue: value }
        : { doubleCounterValue: value }
      writeOther(at, { type: COUNTER, trackUuid: tracks.counter(track, name), ...count })
    },

    lost(cpu, at, events) {
      const name = events === 0 ? 'lost events' : `lost ${events} events`
      writeOther(at, { type: INSTANT, name, trackUuid: tracks.lost(cpu) })
      writeFtrace(cpu, { lostEvents: true })
    },

    flush: () => wire.flush(),

    finish(facts) {
      tracks.finish()
      const attribute: object[] = [
        { key: 'title', stringValue: options.title },
        { key: 'dialect', stringValue: facts.dialect },
        { key: 'columns', stringValue: facts.columns.join(', ') },
        { key: 'clock', stringValue: clockTexts[facts.clock] },
        { key: 'origin', stringValue: facts.origin },
        { key: 'lost_events', longValue: facts.lostEvents },
      ]
      write({ trustedPacketSequenceId: OTHER_SEQUENCE, traceAttributes: { attribute } })
      wire.flush()
    },
  }
}

/** An integer of 64 bits, for the encoder of the schema. */
function bits(value: bigint): object {
  const low = Number(BigInt.asIntN(32, value))
  return { low, high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: true }
}
