/**
 * Perfetto's protobuf trace, as TrackEvents: exact nanoseconds, written as they come.
 * https://perfetto.dev/docs/reference/synthetic-track-event
 *
 * Each track is a sequence of packets with its own names, and with a clock of its own that counts
 * from one packet to the next: 15 bytes for an event. What only the end of the trace tells, names
 * of tracks above all, may stand anywhere in the file: Perfetto reads all descriptors before it
 * looks at the first event, and then sorts the events by time.
 *
 * What the trace notes on a call stands on its end, as debug annotations.
 *
 * Lost: which cpu a task ran on, and the printed durations (a slice's length is that of its
 * positions).
 */
import schema from '../../proto/perfetto.proto'
import type { ByteSink } from '../base/byte-writer.js'
import { WireWriter } from '../base/wire.js'
import { ignored } from '../timeline/ignored.js'
import { clockTexts, functionName } from '../timeline/names.js'
import { type Shown, shownNotes } from '../timeline/notes.js'
import {
  type FunctionId,
  type KernelFunction,
  type LaneKind,
  type Nanos,
  type TimelineSink,
  UNMEASURED,
  UNNAMED,
} from '../timeline/sink.js'
import type { EmitOptions } from './formats.js'
import { describeTracks, OTHER_SEQUENCE } from './perfetto-tracks.js'
import { messageType } from './schema.js'

export function openPerfetto(out: ByteSink, options: EmitOptions): TimelineSink {
  const wire = new WireWriter(out)
  const trace = messageType(schema, 'perfetto.protos.Trace')
  const write = (packet: object) => wire.bytes(trace.encode({ packet: [packet] }))
  const tracks = describeTracks(write)
  const functions: KernelFunction[] = []
  const rows: Row[] = []
  const lanes: { readonly uuid: number; readonly kind: LaneKind }[] = []

  /** The distance to the packet before on this row: what the row's clock wants to be told. */
  function advance(row: Row, at: Nanos): number {
    const delta = at - row.at
    row.at = at
    return delta
  }

  /** Some fifteen bytes, never more than 40. */
  function writeEvent(row: Row, at: Nanos, type: number, func: FunctionId): void {
    wire.room(40)
    const packet = wire.open(PACKET)
    wire.field(TIMESTAMP, advance(row, at))
    wire.field(SEQUENCE_ID, row.sequence)
    wire.field(SEQUENCE_FLAGS, NEEDS_STATE)
    const event = wire.open(TRACK_EVENT)
    wire.field(TYPE, type)
    if (func !== UNNAMED) {
      wire.field(NAME_IID, func)
      wire.field(CATEGORY_IID, category(func))
    }
    wire.close(event)
    wire.close(packet)
  }

  function writeLongEvent(row: Row, time: object, trackEvent: object, internedData?: object): void {
    const state = { trustedPacketSequenceId: row.sequence, sequenceFlags: NEEDS_STATE }
    write({ ...time, ...state, trackEvent, ...(internedData && { internedData }) })
  }

  /** A begin that comes late, or that brings the function's name. */
  function writeLongBegin(row: Row, time: object, func: FunctionId): void {
    const event = { type: BEGIN, nameIid: func, categoryIids: [category(func)] }
    if (row.names[func] === 1) {
      writeLongEvent(row, time, event)
      return
    }
    writeLongEvent(row, time, event, {
      eventNames: [{ iid: func, name: functionName(functions[func] as KernelFunction) }],
    })
    if (func >= row.names.length) row.names = lengthened(row.names, func)
    row.names[func] = 1
  }

  /** An event of a track that has no sequence of its own. */
  function writeOther(at: Nanos, trackEvent: object): void {
    const trustedPacketSequenceId = OTHER_SEQUENCE
    write({ timestamp: at, timestampClockId: BOOTTIME, trustedPacketSequenceId, trackEvent })
  }

  function category(func: FunctionId): number {
    return (functions[func] as KernelFunction).module === '' ? KERNEL : MODULE
  }

  return {
    ...ignored,

    defineFunction(id, definition) {
      functions[id] = definition
    },

    defineTrack(id, track) {
      const uuid = tracks.define(id, track)
      if (rows[id]) return
      const row = newRow(id)
      rows[id] = row
      write(firstPacket(row.sequence, uuid))
    },

    begin(track, func, at) {
      const row = rows[track] as Row
      row.level++
      if (func === UNNAMED) {
        row.unnamed.push({ level: row.level, at })
        row.unnamedLevel = row.level
      } else if (row.names[func] === 1) {
        writeEvent(row, at, BEGIN, func)
      } else {
        writeLongBegin(row, { timestamp: advance(row, at) }, func)
      }
    },

    end(track, func, at, duration, notes) {
      const row = rows[track] as Row
      const level = row.level--
      if (row.unnamedLevel === level) {
        const { at: begin } = row.unnamed.pop() as UnnamedCall
        row.unnamedLevel = row.unnamed.at(-1)?.level ?? 0
        if (func === UNNAMED) return
        // A clock of the whole trace: the row's own does not take notice of it.
        writeLongBegin(row, { timestamp: begin, timestampClockId: BOOTTIME }, func)
      }
      if (notes || duration === UNMEASURED) {
        const debugAnnotations = notes ? shownNotes(notes).map(annotation) : []
        if (duration === UNMEASURED) debugAnnotations.push({ name: 'incomplete', boolValue: true })
        writeLongEvent(row, { timestamp: advance(row, at) }, { type: END, debugAnnotations })
      } else {
        writeEvent(row, at, END, UNNAMED)
      }
    },

    instant(track, at, name, text, frames = []) {
      const row = rows[track] as Row
      const debugAnnotations: object[] = []
      if (text !== '') debugAnnotations.push(annotation(['text', text]))
      if (frames.length > 0) debugAnnotations.push(annotation(['stack', frames.join('\n')]))
      const event = { type: INSTANT, name, debugAnnotations }
      writeLongEvent(row, { timestamp: advance(row, at) }, event)
    },

    defineLane(id, lane) {
      lanes[id] = { uuid: tracks.lane(lane), kind: lane.kind }
    },

    beginSection(lane, at, name) {
      const { uuid, kind } = lanes[lane] as (typeof lanes)[number]
      writeOther(at, { type: BEGIN, name, categories: [kind], trackUuid: uuid })
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
    },

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

// Types of TrackEvent.
const BEGIN = 1
const END = 2
const INSTANT = 3
const COUNTER = 4

// Clocks: that of the trace, and one that counts from packet to packet of its sequence.
const BOOTTIME = 6
const INCREMENTAL = 64

// Bits of TracePacket.sequence_flags.
const CLEARED = 1
const NEEDS_STATE = 2

// Interned in the first packet of each sequence.
const KERNEL = 1
const MODULE = 2

// Tags of the short packets: the field's number, shifted, with its wire type (0 varint, 2 length).
const PACKET = (1 << 3) | 2
const TIMESTAMP = 8 << 3
const SEQUENCE_ID = 10 << 3
const SEQUENCE_FLAGS = 13 << 3
const TRACK_EVENT = (11 << 3) | 2
const TYPE = 9 << 3
const NAME_IID = 10 << 3
const CATEGORY_IID = 3 << 3

function annotation([name, value]: [string, Shown]): object {
  if (typeof value === 'number') return { name, intValue: value }
  if (!/^0x[\da-f]{1,16}$/.test(value)) return { name, stringValue: value }
  const bits = BigInt(value)
  const low = Number(BigInt.asIntN(32, bits))
  return { name, pointerValue: { low, high: Number(BigInt.asIntN(32, bits >> 32n)) } }
}

/** What is known of a track while its packets are written. */
interface Row {
  readonly sequence: number
  /** Position of the last packet: where the sequence's clock stands. */
  at: Nanos
  /** Number of open calls. */
  level: number
  /** Open calls without a name: their begin is written when the end brings it. */
  readonly unnamed: UnnamedCall[]
  /** The level of the last of them, or 0. */
  unnamedLevel: number
  /** 1 for each function whose name is interned on this sequence. */
  names: Uint8Array
}

interface UnnamedCall {
  readonly level: number
  readonly at: Nanos
}

function newRow(id: number): Row {
  return {
    sequence: OTHER_SEQUENCE + 1 + id,
    at: 0,
    level: 0,
    unnamed: [],
    unnamedLevel: 0,
    names: new Uint8Array(256),
  }
}

function firstPacket(sequence: number, trackUuid: number): object {
  return {
    trustedPacketSequenceId: sequence,
    sequenceFlags: CLEARED,
    internedData: {
      eventCategories: [
        { iid: KERNEL, name: 'kernel' },
        { iid: MODULE, name: 'module' },
      ],
    },
    tracePacketDefaults: {
      timestampClockId: INCREMENTAL,
      trackEventDefaults: { trackUuid },
    },
    clockSnapshot: {
      clocks: [
        { clockId: BOOTTIME, timestamp: 0 },
        { clockId: INCREMENTAL, timestamp: 0, isIncremental: true },
      ],
    },
  }
}

function lengthened(names: Uint8Array, index: number): Uint8Array {
  const longer = new Uint8Array(Math.max(names.length * 2, index + 1))
  longer.set(names)
  return longer
}
