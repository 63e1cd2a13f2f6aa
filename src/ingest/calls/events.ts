/**
 * The meaning of events inside a graph beside their text: sections that programs mark, interrupts
 * that a cpu serves, tasks that it runs, counters.
 */
import { schedSwitch } from '../../timeline/sched-events.js'
import type { LaneKind, Nanos, TimelineSink, TrackId } from '../../timeline/sink.js'
import { ABSENT } from '../lines/trace-line.js'

/** An event as the trace shows it: `sched_switch: prev_comm=...`, or the text of a marker. */
export interface TraceEvent {
  readonly track: TrackId
  /** ABSENT in a trace without cpus. */
  readonly cpu: number
  readonly at: Nanos
  /** '' for a text without one. */
  readonly name: string
  readonly text: string
  /** The stack that follows it, the innermost frame first. */
  readonly frames: readonly string[]
}

/** A row of sections, and the keys of those that are open. */
interface OpenLane {
  readonly id: number
  readonly cpu: number
  at: Nanos
  readonly open: string[]
}

/** Tells events to a sink: every one as an instant, or as the section or count that it marks. */
export class Events {
  readonly #sink: TimelineSink
  readonly #lanes = new Map<string, OpenLane>()
  #laneCount = 0

  constructor(sink: TimelineSink) {
    this.#sink = sink
  }

  tell(event: TraceEvent): void {
    if (this.#tellMarker(event)) return
    const { track, at, name, text, frames } = event
    this.#sink.instant(track, at, name || text || NAMELESS, name && text, frames)
    if (event.cpu === ABSENT) return
    if (name === 'sched_switch') this.#tellSwitch(event)
    else this.#tellInterrupt(event)
  }

  /** Nothing is known any more of what the cpu does. */
  lost(cpu: number, at: Nanos): void {
    for (const lane of this.#lanes.values()) if (lane.cpu === cpu) this.#endAll(lane, at)
  }

  finish(at: Nanos): void {
    for (const lane of this.#lanes.values()) this.#endAll(lane, at)
    this.#lanes.clear()
  }

  /**
   * The texts by which Android's and Chrome's programs mark what they do
   * (frameworks/native/libs/tracing_perfetto; "systrace" before it):
   *
   *     B|123|begin   E|123   S|123|name|cookie   F|123|name|cookie   C|123|name|5   I|123|name
   *     G|123|track|name|cookie   H|123|track|cookie   N|123|track|name
   */
  #tellMarker(event: TraceEvent): boolean {
    const [, kind, rest = ''] = marker.exec(event.text) ?? []
    if (kind === undefined || !(event.name === '' || event.name === MARK)) return false
    const { track, at } = event
    const [first = '', second = '', third = ''] = rest.split('|')
    switch (kind) {
      case 'B':
        this.#begin(this.#lane(`markers ${track}`, 'markers', 'markers', { track }), at, '', rest)
        return true
      case 'E':
        return this.#end(this.#lanes.get(`markers ${track}`), at, '')
      case 'S':
        this.#beginAsync(event, first, first, second)
        return true
      case 'F':
        return this.#endAsync(event, first, second)
      case 'G':
        this.#beginAsync(event, first, second, third)
        return true
      case 'H':
        return this.#endAsync(event, first, second)
      case 'C':
        if (second === '' || !Number.isFinite(Number(second))) return false
        this.#sink.count(track, at, first, Number(second))
        return true
      default:
        this.#sink.instant(track, at, kind === 'I' ? rest : `${first}: ${second}`, '', event.frames)
        return true
    }
  }

  /** Sections of the same name may overlap: those open at a time have lanes of their own. */
  #beginAsync({ track, at }: TraceEvent, row: string, name: string, cookie: string): void {
    for (let copy = 0; ; copy++) {
      const key = `async ${row} ${copy}`
      const lane = this.#lane(key, 'async', row, { track })
      if (lane.open.length > 0) continue
      this.#begin(lane, at, cookie, name)
      return
    }
  }

  #endAsync({ at }: TraceEvent, row: string, cookie: string): boolean {
    for (let copy = 0; ; copy++) {
      const lane = this.#lanes.get(`async ${row} ${copy}`)
      if (!lane) return false
      if (this.#end(lane, at, cookie)) return true
    }
  }

  // irq_handler_entry: irq=1 name=i8042   softirq_entry: vec=9 [action=RCU]   local_timer_entry: vector=236
  #tellInterrupt({ cpu, at, name, text }: TraceEvent): void {
    const [, kind = '', side] = /^(\w+)_(entry|exit)$/.exec(name) ?? []
    const title = interrupts.get(kind)?.(text)
    if (title === undefined) return
    const key = `interrupts of cpu ${cpu}`
    if (side === 'exit') this.#end(this.#lanes.get(key), at, kind)
    else
      this.#begin(
        this.#lane(key, 'interrupts', `CPU ${cpu} interrupt events`, { cpu }),
        at,
        kind,
        title,
      )
  }

  #tellSwitch({ cpu, at, text }: TraceEvent): void {
    const next = schedSwitch(text)?.next
    if (!next) return
    const lane = this.#lane(`tasks of cpu ${cpu}`, 'tasks', `CPU ${cpu} tasks`, { cpu })
    this.#endAll(lane, at)
    if (next.pid !== 0) this.#begin(lane, at, '', `${next.comm}-${next.pid}`)
  }

  #lane(
    key: string,
    kind: LaneKind,
    name: string,
    owner: { readonly track: TrackId } | { readonly cpu: number },
  ): OpenLane {
    const known = this.#lanes.get(key)
    if (known) return known
    const cpu = 'cpu' in owner ? owner.cpu : ABSENT
    const lane: OpenLane = { id: this.#laneCount++, cpu, at: 0, open: [] }
    this.#lanes.set(key, lane)
    this.#sink.defineLane(lane.id, { kind, name, owner })
    return lane
  }

  #begin(lane: OpenLane, at: Nanos, key: string, name: string): void {
    lane.at = Math.max(lane.at, at)
    lane.open.push(key)
    this.#sink.beginSection(lane.id, lane.at, name || '[unnamed]')
  }

  /** Ends the innermost section with that key and those inside it; false if there is none. */
  #end(lane: OpenLane | undefined, at: Nanos, key: string): boolean {
    const level = lane?.open.lastIndexOf(key) ?? -1
    if (!lane || level < 0) return false
    lane.at = Math.max(lane.at, at)
    while (lane.open.length > level) this.#endLast(lane)
    return true
  }

  #endAll(lane: OpenLane, at: Nanos): void {
    lane.at = Math.max(lane.at, at)
    while (lane.open.length > 0) this.#endLast(lane)
  }

  #endLast(lane: OpenLane): void {
    lane.open.pop()
    this.#sink.endSection(lane.id, lane.at)
  }
}

/** The name of a marker's event, in traces that give it one. */
const MARK = 'tracing_mark_write'
/** The name of an event that has none. */
const NAMELESS = '[event]'
const marker = /^([BEISFGHNC])(?:\|\d*(?:\|(.*))?)?$/s

/** The name of a section, by the name of its events, less `_entry` and `_exit`. */
const interrupts: ReadonlyMap<string, (text: string) => string> = new Map(
  Object.entries({
    irq_handler: (text: string) => {
      const [, irq, handler] = /irq=(\d+)(?: name=(.*))?/.exec(text) ?? []
      return handler ? `irq ${irq} ${handler}` : `irq ${irq}`
    },
    softirq: (text: string) => `softirq ${/(?:action=|\[)(\w+)\]/.exec(text)?.[1] ?? text}`,
    tasklet: () => 'tasklet',
    ipi: (text: string) => `ipi ${text}`,
    ...Object.fromEntries(
      [
        'local_timer',
        'reschedule',
        'call_function',
        'call_function_single',
        'irq_work',
        'spurious_apic',
        'error_apic',
        'thermal_apic',
        'threshold_apic',
        'deferred_error_apic',
        'x86_platform_ipi',
      ].map(name => [name, () => name.replaceAll('_', ' ')]),
    ),
  }),
)
