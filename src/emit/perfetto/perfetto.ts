/**
 * Perfetto's protobuf trace, as TrackEvents: exact nanoseconds, written as they come.
 * https://perfetto.dev/docs/reference/synthetic-track-event
 *
 * Each track is a sequence of packets with its own names, and with a clock of its own that counts
 * from one packet to the next: 15 bytes for an event. What only the end of the trace tells, names
 * of tracks above all, may stand anywhere in the file: Perfetto reads all descriptors before it
 * looks at the first event, and then sorts the events by time. A trace with timestamps keeps them:
 * they count as the time since the machine was started, as most of the kernel's clocks do.
 *
 * What the trace notes on a call stands on its end, as debug annotations. Events of the scheduler
 * and of interrupts stand there twice: where the trace shows them, and as the kernel's own.
 * Wake-ups and migrations flow to where their task runs next.
 *
 * Lost: which cpu a task ran on without such events, and the printed durations (a slice's length is
 * that of its positions). Perfetto drops what is nested more than 512 deep, with somebody else's
 * end: such calls stand on a row below.
 */
import schema from '../../../proto/perfetto.proto'
import type { ByteSink } from '../../base/byte-writer.js'
import { WireWriter } from '../../base/wire.js'
import { clockTexts } from '../../timeline/names.js'
import { printedTime, totalNanos } from '../../timeline/printed-time.js'
import {
  type LaneKind,
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
  BEGIN,
  CLEARED,
  COUNTER,
  categories,
  END,
  INCREMENTAL,
  INSTANT,
  marks,
  NEEDS_STATE,
  TIMELINE,
} from './fields.js'
import { Flows } from './flows.js'
import { ftraceFields } from './ftrace-events.js'
import { messageType } from './schema.js'
import { describeTracks, OTHER_SEQUENCE } from './tracks.js'

/** So many calls may be nested on a row (kMaxDepth in the slice tracker of the trace processor). */
const DEEPEST = 512

/** Perfetto refuses a file with ftrace's events of more cpus as a whole. */
const CPUS = 1024

/** The clock that Perfetto takes for that of the whole trace. */
const BOOTTIME = 6

export function openPerfetto(out: ByteSink, options: EmitOptions): TimelineSink {
  const wire = new WireWriter(out)
  const trace = messageType(schema, 'perfetto.protos.Trace')
  const write = (packet: object) => wire.bytes(trace.encode({ packet: [packet] }))
  const tracks = describeTracks(write)
  const calls = new CallPackets(wire)
  const flows = new Flows()
  const rows: Row[] = []
  const cpus: (number | undefined)[] = []
  const pids: (number | undefined)[] = []
  const lanes: { readonly uuid: number; readonly kind: LaneKind; readonly cpu: number }[] = []
  /** Where positions count from. */
  let origin = 0n
  let sequences = OTHER_SEQUENCE

  /** Begins the sequence of everything but calls. */
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

  /** Where calls of that level are shown. */
  function rowAt(level: number, row: Row, deepest = DEEPEST): Row {
    if (level <= deepest) return row
    row.deeper ??= startRow(tracks.deeper(row.uuid, deepest), row.isInterrupts)
    return rowAt(level, row.deeper, deepest + DEEPEST)
  }

  function boottime(): object {
    return { clockId: BOOTTIME, timestamp: bits(origin) }
  }

  /** An event of a track that has no sequence of its own, or of another one at its own time. */
  function writeOther(at: Nanos, trackEvent: object): void {
    write({
      timestamp: at,
      trustedPacketSequenceId: OTHER_SEQUENCE,
      sequenceFlags: NEEDS_STATE,
      trackEvent,
    })
  }

  function writeFtrace(cpu: number, bundle: object): void {
    if (cpu < 0 || cpu >= CPUS) return
    write({ trustedPacketSequenceId: OTHER_SEQUENCE, ftraceEvents: { cpu, ...bundle } })
  }

  /** Tells an event as ftrace would, if it is one of those that Perfetto makes more of. */
  function writeNative(track: TrackId, at: Nanos, name: string, text: string): void {
    const cpu = cpus[track]
    const fields = ftraceFields(name, text)
    if (!fields || cpu === undefined) return
    const { schedSwitch } = fields
    const pid = schedSwitch?.prevPid ?? pids[track] ?? flows.running(cpu) ?? 0
    if (schedSwitch) flows.switch(cpu, at, schedSwitch.prevPid, schedSwitch.nextPid)
    writeFtrace(cpu, { event: [{ timestamp: bits(origin + BigInt(at)), pid, ...fields }] })
  }

  /** Shows on the row of another cpu's tasks that one of them goes on here. */
  function writeMigration(cpu: number): void {
    const migration = flows.migration(cpu)
    const from = lanes.find(lane => lane.kind === 'tasks' && lane.cpu === migration?.cpu)
    if (!migration || !from) return
    writeOther(migration.until, {
      type: INSTANT,
      trackUuid: from.uuid,
      name: `migrates to CPU ${cpu}`,
      categories: ['sched'],
      flowIds: [migration.flow],
    })
  }

  return {
    ...ignored,

    start({ origin: firstTime }) {
      origin = totalNanos(printedTime(firstTime))
      startOthers()
    },

    defineFunction(id, definition) {
      calls.defineFunction(id, definition)
    },

    defineTrack(id, track) {
      pids[id] = track.pid
      cpus[id] ??= track.cpu
      const uuid = tracks.define(id, track)
      rows[id] ??= startRow(uuid, track.isInterrupts === true)
    },

    migrate(track, cpu) {
      cpus[track] = cpu < 0 ? undefined : cpu
    },

    begin(track, func, at) {
      const row = rows[track]
      row.level++
      if (func !== UNNAMED) {
        calls.begin(rowAt(row.level, row), func, at)
      } else {
        row.unnamed.push({ level: row.level, at })
        row.unnamedLevel = row.level
      }
    },

    end(track, func, at, duration, notes) {
      const row = rows[track]
      const level = row.level--
      const shown = rowAt(level, row)
      const hasEntry = row.unnamedLevel !== level
      if (!hasEntry) {
        const begin = row.unnamed.pop()?.at as Nanos
        row.unnamedLevel = row.unnamed.at(-1)?.level ?? 0
        if (func === UNNAMED) return
        calls.lateBegin(shown, func, begin)
      }
      if (hasEntry && notes === undefined && duration !== UNMEASURED) calls.end(shown, at)
      else calls.markedEnd(shown, at, duration, hasEntry, notes)
    },

    instant(track, at, name, text, frames = []) {
      writeNative(track, at, name, text)
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
        flowIds: flows.from(name, text),
      })
    },

    defineLane(id, lane) {
      const cpu = 'cpu' in lane.owner ? lane.owner.cpu : -1
      lanes[id] = { uuid: tracks.lane(lane), kind: lane.kind, cpu }
    },

    beginSection(lane, at, name) {
      const { uuid, kind, cpu } = lanes[lane]
      if (kind === 'tasks') writeMigration(cpu)
      writeOther(at, {
        type: BEGIN,
        name,
        categories: [laneCategories[kind]],
        trackUuid: uuid,
        terminatingFlowIds: kind === 'tasks' ? flows.to(cpu) : [],
      })
    },

    endSection(lane, at) {
      writeOther(at, { type: END, trackUuid: lanes[lane]?.uuid })
    },

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

const laneCategories: Readonly<Record<LaneKind, string>> = {
  markers: 'markers',
  async: 'async',
  interrupts: 'irq',
  tasks: 'sched',
}

/** An integer of 64 bits, for the encoder of the schema. */
function bits(value: bigint): object {
  const low = Number(BigInt.asIntN(32, value))
  return { low, high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: true }
}
