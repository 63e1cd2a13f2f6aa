import { type BlockStore, blocksInMemory } from '../../base/block-store.js'
import { type DeferredCall, makeCall } from '../../base/deferred-call.js'
import { VarintLog, VarintReader } from '../../base/varint-log.js'
import {
  type CallNotes,
  type KernelFunction,
  type Lane,
  type TimelineSink,
  type TraceFacts,
  type TraceStart,
  type Track,
  UNNAMED,
} from '../sink.js'
import { BEGIN, type CallLog, CallLogs, END } from './call-log.js'

/** In place of a track: any other event; they are rare. */
const OTHER = 0

/**
 * Remembers a timeline, and replays it into any other sink, event by event in the order it came.
 * Three to six bytes an event.
 */
export class Recording implements TimelineSink {
  readonly #logs: CallLogs
  readonly #tracks: CallLog[] = []
  /** Runs of events of one track: the track plus 1, and how many events; or OTHER. */
  readonly #turns: VarintLog
  #track = -1
  #events = 0
  /** By index of the end. */
  readonly #notes = new Map<number, CallNotes>()
  #ended = 0
  readonly #others: DeferredCall<TimelineSink>[] = []

  constructor(store: BlockStore = blocksInMemory()) {
    this.#logs = new CallLogs(store)
    this.#turns = new VarintLog(store)
  }

  start(facts: TraceStart): void {
    this.#remember(['start', facts])
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#remember(['defineFunction', id, definition])
  }

  defineTrack(id: number, track: Track): void {
    this.#tracks[id] = this.#logs.log(id)
    this.#remember(['defineTrack', id, track])
  }

  defineLane(id: number, lane: Lane): void {
    this.#remember(['defineLane', id, lane])
  }

  begin(track: number, func: number, at: number): void {
    this.#logOf(track).begin(func, at)
  }

  end(track: number, func: number, at: number, duration: number, notes?: CallNotes): void {
    if (notes) this.#notes.set(this.#ended, notes)
    this.#ended++
    this.#logOf(track).end(func, at, duration)
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#logOf(track).migrate(cpu, at)
  }

  instant(track: number, at: number, name: string, text: string, frames?: readonly string[]): void {
    this.#remember(['instant', track, at, name, text, frames])
  }

  beginSection(lane: number, at: number, name: string): void {
    this.#remember(['beginSection', lane, at, name])
  }

  endSection(lane: number, at: number): void {
    this.#remember(['endSection', lane, at])
  }

  count(track: number, at: number, name: string, value: number): void {
    this.#remember(['count', track, at, name, value])
  }

  lost(cpu: number, at: number, events: number): void {
    this.#remember(['lost', cpu, at, events])
  }

  nextCapture(at: number): void {
    this.#remember(['nextCapture', at])
  }

  finish(facts: TraceFacts): void {
    this.#remember(['finish', facts])
  }

  /** Sends all that is remembered to another sink. */
  replay(sink: TimelineSink): void {
    this.#endTurn()
    const turns = new VarintReader(this.#turns.blocks())
    const logs = this.#tracks.map(log => log.read())
    let other = 0
    let ended = 0
    while (turns.more) {
      const turn = turns.read()
      if (turn === OTHER) {
        makeCall(sink, this.#others[other++])
        continue
      }
      const track = turn - 1
      const log = logs[track]
      for (let left = turns.read(); left > 0 && log.next(); left--) {
        if (log.kind === BEGIN) sink.begin(track, log.isLate ? UNNAMED : log.func, log.at)
        else if (log.kind === END) {
          sink.end(track, log.func, log.at, log.duration, this.#notes.get(ended++))
        } else sink.migrate(track, log.cpu, log.at)
      }
    }
  }

  #logOf(track: number): CallLog {
    if (track !== this.#track) {
      this.#endTurn()
      this.#track = track
    }
    this.#events++
    return this.#tracks[track]
  }

  #endTurn(): void {
    if (this.#events === 0) return
    this.#turns.write(this.#track + 1)
    this.#turns.write(this.#events)
    this.#events = 0
  }

  #remember(event: DeferredCall<TimelineSink>): void {
    this.#endTurn()
    this.#turns.write(OTHER)
    this.#others.push(event)
  }
}
