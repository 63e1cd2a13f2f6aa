import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import type { PlacedEvent } from './placed-event.js'

export interface FunctionTotals {
  readonly calls: number
  readonly self: number
}

/** A packet of the file, with its sequence's clock, names and defaults resolved. */
export type DecodedPacket =
  | { readonly kind: 'track'; readonly track: DecodedTrack }
  | { readonly kind: 'event'; readonly event: DecodedEvent }
  | {
      readonly kind: 'sequence'
      readonly sequence: number
      /** The track of its calls. */
      readonly uuid: number | undefined
      /** Where positions count from, in nanoseconds since the machine was started. */
      readonly origin: string
    }
  | {
      readonly kind: 'ftrace'
      readonly cpu: number
      readonly isLossy: boolean
      readonly events: readonly FtraceEvent[]
    }
  | { readonly kind: 'facts'; readonly facts: Readonly<Record<string, string>> }

export interface FtraceEvent {
  readonly at: number
  readonly pid: number
  readonly name: string
  readonly fields: Readonly<Record<string, number | string>>
}

export interface DecodedTrack {
  readonly uuid: number
  readonly parent: number | undefined
  readonly kind: 'plain' | 'process' | 'thread' | 'counter'
  readonly pid: number | undefined
  readonly name: string
}

export interface DecodedEvent {
  readonly uuid: number
  readonly type: 'BEGIN' | 'END' | 'INSTANT' | 'COUNTER'
  /** Nanoseconds from the origin on, however the packet says it. */
  readonly at: number
  readonly name: string
  readonly category: string
  readonly notes: Readonly<Record<string, string>>
  readonly value?: number | undefined
  readonly flows: readonly number[]
  /** Flows that end here. */
  readonly ends: readonly number[]
}

/** A slice as Perfetto would show it. */
export interface DecodedSlice {
  readonly track: string
  /** Names from the outermost, `/` between them. */
  readonly path: string
  readonly begin: number
  readonly end: number
  readonly notes: Readonly<Record<string, string>>
}

/** Reads a trace packet by packet, and throws where Perfetto would count an error. */
export function decodePerfetto(file: Uint8Array): DecodedPacket[] {
  const sequences = new Map<number, Sequence>()
  refuseRepeatedFields(file)
  const message = Trace.decode(file)
  writeOutAddresses(message)
  const origin = originOf(message)
  const trace = Trace.toObject(message, { longs: Number }) as { packet: RawPacket[] }
  return trace.packet.map((packet, index): DecodedPacket => {
    const id = packet.trustedPacketSequenceId
    if (!id) throw new Error('a packet without a sequence')
    let sequence = sequences.get(id)
    if ((packet.sequenceFlags ?? 0) & 1) sequence = undefined
    else if ((packet.sequenceFlags ?? 0) & 2 && !sequence?.cleared) throw new Error('no state')
    sequence ??= newSequence(packet)
    sequences.set(id, sequence)
    intern(sequence, packet)
    if (packet.clockSnapshot) return { kind: 'sequence', sequence: id, uuid: sequence.uuid, origin }
    if (packet.ftraceEvents) {
      const { packet: packets } = message as unknown as { packet: protobuf.Message[] }
      return decodeFtrace(packets[index], BigInt(origin))
    }
    if (packet.trackDescriptor) return { kind: 'track', track: decodeTrack(packet.trackDescriptor) }
    if (packet.trackEvent) {
      const at = decodeTime(sequence, packet)
      return { kind: 'event', event: decodeEvent(sequence, packet.trackEvent, at) }
    }
    if (packet.traceAttributes) {
      const facts = packet.traceAttributes.attribute.map(({ key, stringValue, longValue }) => [
        key,
        `${stringValue ?? longValue}`,
      ])
      return { kind: 'facts', facts: Object.fromEntries(facts) }
    }
    throw new Error(`an empty packet on sequence ${id}`)
  })
}

/** One line for each packet, in the order of the file. */
export function printPerfetto(file: Uint8Array): string {
  return decodePerfetto(file)
    .map(packet => `${line(packet)}\n`)
    .join('')
}

/** The tracks as they are shown in the end: the last name holds. */
export function tracksOfPerfetto(file: Uint8Array): Map<number, DecodedTrack> {
  const tracks = new Map<number, DecodedTrack>()
  for (const packet of decodePerfetto(file)) {
    if (packet.kind !== 'track') continue
    const { track } = packet
    const before = tracks.get(track.uuid)
    const same = !before || (before.parent === track.parent && before.pid === track.pid)
    if (!same || (before && before.kind !== track.kind)) {
      throw new Error(`track ${track.uuid} is described in two ways`)
    }
    tracks.set(track.uuid, track)
  }
  return tracks
}

/** The slices, in the order of their ends, after sorting all events by time as Perfetto does. */
export function slicesOfPerfetto(file: Uint8Array): DecodedSlice[] {
  const tracks = tracksOfPerfetto(file)
  const stacks = new Map<number, { path: string; begin: number }[]>()
  const slices: DecodedSlice[] = []
  for (const { uuid, type, at, name, notes } of eventsOfPerfetto(file)) {
    const stack = stacks.get(uuid) ?? []
    stacks.set(uuid, stack)
    if (type === 'BEGIN') {
      const caller = stack.at(-1)
      stack.push({ path: caller ? `${caller.path}/${name}` : name, begin: at })
    } else if (type === 'END') {
      const open = stack.pop()
      const track = tracks.get(uuid)
      if (!open || !track) throw new Error(`END of nothing at ${at} on ${uuid}`)
      slices.push({ track: track.name, path: open.path, begin: open.begin, end: at, notes })
    }
  }
  for (const [uuid, stack] of stacks) if (stack.length > 0) throw new Error(`open on ${uuid}`)
  return slices
}

/** All events by time; the order of the file holds among equal times. */
export function eventsOfPerfetto(file: Uint8Array): DecodedEvent[] {
  return decodePerfetto(file)
    .flatMap(packet => (packet.kind === 'event' ? [packet.event] : []))
    .sort((a, b) => a.at - b.at)
}

/** The begins and ends of calls, by time: what is on the tracks of sections is left out. */
export function callsOfPerfetto(file: Uint8Array): PlacedEvent[] {
  const rows = new Set(
    decodePerfetto(file).map(packet => (packet.kind === 'sequence' ? packet.uuid : undefined)),
  )
  return eventsOfPerfetto(file).flatMap(({ uuid, type, at, name }) => {
    const isCall = (type === 'BEGIN' || type === 'END') && rows.has(uuid)
    return isCall ? [{ track: `${uuid}`, type, at, name }] : []
  })
}

/** Calls and self time of each function, extents less the extents of callees. Incomplete calls
 *  count for neither, as everywhere; but what they called is taken from their extent alone. */
export function totalsOfPerfetto(file: Uint8Array): Map<string, FunctionTotals> {
  const totals = new Map<string, FunctionTotals>()
  const stacks = new Map<number, { name: string; begin: number; inside: number }[]>()
  for (const { uuid, type, at, name, notes } of eventsOfPerfetto(file)) {
    const stack = stacks.get(uuid) ?? []
    stacks.set(uuid, stack)
    if (type === 'BEGIN') stack.push({ name, begin: at, inside: 0 })
    if (type !== 'END') continue
    const call = stack.pop()
    if (!call) throw new Error(`END of nothing at ${at} on ${uuid}`)
    const caller = stack.at(-1)
    const complete = notes.incomplete === undefined
    if (caller) caller.inside += complete ? at - call.begin : call.inside
    if (!complete) continue
    const { calls, self } = totals.get(call.name) ?? { calls: 0, self: 0 }
    totals.set(call.name, { calls: calls + 1, self: self + at - call.begin - call.inside })
  }
  return totals
}

function line(packet: DecodedPacket): string {
  switch (packet.kind) {
    case 'track': {
      const { uuid, parent, kind, pid, name } = packet.track
      const owner = pid === undefined ? '' : ` pid=${pid}`
      return `track ${uuid} ${kind}${owner} '${name}'${parent ? ` below ${parent}` : ''}`
    }
    case 'sequence':
      return `sequence ${packet.sequence} from ${packet.origin}${packet.uuid ? ` writes to ${packet.uuid}` : ''}`
    case 'ftrace': {
      const { cpu, isLossy, events } = packet
      const told = events.map(
        ({ at, pid, name, fields }) => ` ${at} ${pid} ${name} ${JSON.stringify(fields)}`,
      )
      return `ftrace of cpu ${cpu}${isLossy ? ' lost events' : ''}${told.join('')}`
    }
    case 'facts':
      return `facts ${JSON.stringify(packet.facts)}`
    case 'event': {
      const { uuid, type, at, name, category, notes, value, flows, ends } = packet.event
      const named = name === '' ? '' : ` '${name}'${category && ` (${category})`}`
      const noted = Object.keys(notes).length === 0 ? '' : ` ${JSON.stringify(notes)}`
      const flow = `${flows.map(id => ` flow ${id}`)}${ends.map(id => ` end of flow ${id}`)}`
      const counted = value === undefined ? '' : ` ${value}`
      return `${at} ${uuid} ${type}${named}${noted}${counted}${flow}`
    }
  }
}

const schema = protobuf.parse(
  readFileSync(new URL('../../proto/perfetto.proto', import.meta.url), 'utf8'),
).root
const Trace = schema.lookupType('perfetto.protos.Trace')
const TracePacket = schema.lookupType('perfetto.protos.TracePacket')

/** The tag of Trace.packet. */
const PACKET = (1 << 3) | 2

const TYPES = { 1: 'BEGIN', 2: 'END', 3: 'INSTANT', 4: 'COUNTER' } as const

/** The state that packets of one sequence build up for those that follow. */
interface Sequence {
  readonly cleared: boolean
  readonly names: Map<number, string>
  readonly categories: Map<number, string>
  readonly keys: Map<number, string>
  readonly uuid: number | undefined
  readonly clock: number | undefined
  readonly clocks: readonly number[]
  /** The incremental clock. */
  now: number
}

function newSequence(packet: RawPacket): Sequence {
  const clocks = packet.clockSnapshot?.clocks ?? []
  if (clocks.length > 0 && !clocks.some(({ clockId }) => clockId === 6)) throw new Error('no time')
  for (const { clockId, timestamp, isIncremental } of clocks) {
    if (clockId === 6) continue
    if (timestamp !== 0) throw new Error(`clock ${clockId} starts elsewhere`)
    if ((clockId === 64) !== (isIncremental === true)) throw new Error(`clock ${clockId}`)
  }
  return {
    cleared: ((packet.sequenceFlags ?? 0) & 1) === 1,
    names: new Map(),
    categories: new Map(),
    keys: new Map(),
    uuid: packet.tracePacketDefaults?.trackEventDefaults?.trackUuid,
    clock: packet.tracePacketDefaults?.timestampClockId,
    clocks: clocks.map(({ clockId }) => clockId),
    now: 0,
  }
}

function intern(sequence: Sequence, { internedData }: RawPacket): void {
  for (const { iid, name } of internedData?.eventNames ?? []) sequence.names.set(iid, name)
  for (const { iid, name } of internedData?.eventCategories ?? []) {
    sequence.categories.set(iid, name)
  }
  for (const { iid, name } of internedData?.debugAnnotationNames ?? []) {
    sequence.keys.set(iid, name)
  }
}

function decodeTime(sequence: Sequence, packet: RawPacket): number {
  if (packet.timestamp === undefined) throw new Error('an event without a time')
  const clock = packet.timestampClockId ?? sequence.clock
  if (clock === undefined || !sequence.clocks.includes(clock)) throw new Error(`clock ${clock}`)
  if (clock !== 64) return packet.timestamp
  sequence.now += packet.timestamp
  return sequence.now
}

/** Times of ftrace count from where the machine was started: they have too many digits for a number. */
function decodeFtrace(message: protobuf.Message, origin: bigint): DecodedPacket {
  const { ftraceEvents } = TracePacket.toObject(message, { longs: String }) as {
    ftraceEvents: RawBundle
  }
  const { cpu, lostEvents, event = [] } = ftraceEvents
  const events = event.map(({ timestamp, pid, ...rest }): FtraceEvent => {
    const [name, fields] = Object.entries(rest)[0] ?? []
    if (!name || !fields) throw new Error(`an event of ftrace without fields at ${timestamp}`)
    return { at: Number(BigInt(timestamp) - origin), pid, name, fields }
  })
  return { kind: 'ftrace', cpu, isLossy: lostEvents === true, events }
}

function decodeEvent(sequence: Sequence, event: RawEvent, at: number): DecodedEvent {
  const name = event.nameIid === undefined ? (event.name ?? '') : sequence.names.get(event.nameIid)
  if (name === undefined) throw new Error(`no name ${event.nameIid} at ${at}`)
  const type = TYPES[event.type]
  const isNamed = type === 'BEGIN' || type === 'INSTANT'
  if (isNamed !== (name !== '')) throw new Error(`${type} '${name}' at ${at}`)
  const interned = (event.categoryIids ?? []).map(iid => sequence.categories.get(iid))
  const category = [...interned, ...(event.categories ?? [])]
  if (category.includes(undefined)) throw new Error(`no category at ${at}`)
  const notes = (event.debugAnnotations ?? []).map(note => {
    const key = note.nameIid === undefined ? note.name : sequence.keys.get(note.nameIid)
    if (!key) throw new Error(`a note without a name at ${at}`)
    return [key, `${note.stringValue ?? note.boolValue ?? note.intValue}`]
  })
  const uuid = event.trackUuid ?? sequence.uuid
  if (uuid === undefined) throw new Error(`an event without a track at ${at}`)
  return {
    uuid,
    type,
    at,
    name,
    category: category.join(','),
    notes: Object.fromEntries(notes),
    value: event.counterValue ?? event.doubleCounterValue,
    flows: event.flowIds ?? [],
    ends: event.terminatingFlowIds ?? [],
  }
}

/**
 * Throws where a packet has a field twice: protobuf merges such messages, but Perfetto takes one of
 * them and ignores the other.
 */
function refuseRepeatedFields(file: Uint8Array): void {
  const reader = protobuf.Reader.create(file)
  while (reader.pos < reader.len) {
    if (reader.uint32() !== PACKET) throw new Error('a trace is made of packets only')
    const end = reader.uint32() + reader.pos
    const fields = new Set<number>()
    while (reader.pos < end) {
      const tag = reader.uint32()
      const field = tag >>> 3
      if (fields.has(field)) throw new Error(`field ${field} twice in the packet before ${end}`)
      fields.add(field)
      reader.skipType(tag & 7)
    }
  }
}

/** The time that all sequences count from, which may have more digits than a number. */
function originOf(message: object): string {
  const { packet } = message as { packet: { clockSnapshot?: { clocks: RawClock[] } }[] }
  const origins = packet.flatMap(({ clockSnapshot }) =>
    (clockSnapshot?.clocks ?? [])
      .filter(({ clockId }) => clockId === 6)
      .map(({ timestamp }) => `${timestamp}`),
  )
  if (new Set(origins).size > 1) throw new Error(`origins ${origins}`)
  return origins[0] ?? '0'
}

/** Addresses have more digits than a number: they become text. */
function writeOutAddresses(message: object): void {
  const { packet } = message as { packet: { trackEvent?: { debugAnnotations?: RawAddress[] } }[] }
  for (const { trackEvent } of packet) {
    for (const note of trackEvent?.debugAnnotations ?? []) {
      if (note.value === 'pointerValue') note.stringValue = `0x${note.pointerValue?.toString(16)}`
    }
  }
}

interface RawAddress {
  readonly value?: string
  readonly pointerValue?: { toString(radix: number): string }
  stringValue?: string
}

function decodeTrack(raw: RawTrack): DecodedTrack {
  const { uuid, parentUuid: parent, thread, process } = raw
  if (thread) {
    return { uuid, parent, kind: 'thread', pid: thread.tid, name: thread.threadName }
  }
  if (process) return { uuid, parent, kind: 'process', pid: process.pid, name: process.processName }
  if (raw.siblingMergeBehavior !== 2) throw new Error(`track ${uuid} merges with others`)
  return {
    uuid,
    parent,
    kind: raw.counter ? 'counter' : 'plain',
    pid: undefined,
    name: raw.name ?? '',
  }
}

interface RawPacket {
  readonly timestamp?: number
  readonly timestampClockId?: number
  readonly trustedPacketSequenceId?: number
  readonly sequenceFlags?: number
  readonly clockSnapshot?: { clocks: RawClock[] }
  readonly tracePacketDefaults?: {
    timestampClockId: number
    trackEventDefaults?: { trackUuid: number }
  }
  readonly internedData?: {
    eventNames?: RawName[]
    eventCategories?: RawName[]
    debugAnnotationNames?: RawName[]
  }
  readonly ftraceEvents?: object
  readonly trackDescriptor?: RawTrack
  readonly trackEvent?: RawEvent
  readonly traceAttributes?: {
    attribute: { key: string; stringValue?: string; longValue?: number }[]
  }
}

interface RawBundle {
  readonly cpu: number
  readonly lostEvents?: boolean
  readonly event?: (Record<string, Record<string, number | string>> & {
    readonly timestamp: string
    readonly pid: number
  })[]
}

interface RawClock {
  readonly clockId: number
  readonly timestamp: number
  readonly isIncremental?: boolean
}

interface RawName {
  readonly iid: number
  readonly name: string
}

interface RawEvent {
  readonly type: keyof typeof TYPES
  readonly trackUuid?: number
  readonly nameIid?: number
  readonly name?: string
  readonly categoryIids?: number[]
  readonly categories?: string[]
  readonly counterValue?: number
  readonly doubleCounterValue?: number
  readonly flowIds?: number[]
  readonly terminatingFlowIds?: number[]
  readonly debugAnnotations?: {
    name?: string
    nameIid?: number
    stringValue?: string
    boolValue?: boolean
    intValue?: number
  }[]
}

interface RawTrack {
  readonly uuid: number
  readonly parentUuid?: number
  readonly name?: string
  readonly siblingMergeBehavior?: number
  readonly counter?: object
  readonly process?: { pid: number; processName: string }
  readonly thread?: { pid: number; tid: number; threadName: string }
}
