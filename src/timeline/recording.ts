import { append, float64Column, int32Column } from '../base/columns.js'
import type {
  CallNotes,
  KernelFunction,
  Lane,
  TimelineSink,
  TraceFacts,
  TraceStart,
  Track,
} from './sink.js'

const BEGIN = 0
const END = 1
const MIGRATE = 2
/** Any other event, kept as a call of its verb: they are rare. */
const OTHER = 3

/**
 * A timeline that remembers: a sink that can be replayed into any other, event by event as it
 * came. A begin takes 16 bytes and an end 24.
 */
export class Recording implements TimelineSink {
  /** Four times the track, plus what happens on it. */
  readonly #kinds = int32Column()
  /** The function, the cpu, or an index into the rare events. */
  readonly #operands = int32Column()
  readonly #positions = float64Column()
  readonly #durations = float64Column()
  /** By index of the end. */
  readonly #notes = new Map<number, CallNotes>()
  readonly #others: ((sink: TimelineSink) => void)[] = []

  start(facts: TraceStart): void {
    this.#remember(sink => sink.start(facts))
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#remember(sink => sink.defineFunction(id, definition))
  }

  defineTrack(id: number, track: Track): void {
    this.#remember(sink => sink.defineTrack(id, track))
  }

  defineLane(id: number, lane: Lane): void {
    this.#remember(sink => sink.defineLane(id, lane))
  }

  begin(track: number, func: number, at: number): void {
    this.#append(BEGIN, track, func, at)
  }

  end(track: number, func: number, at: number, duration: number, notes?: CallNotes): void {
    if (notes) this.#notes.set(this.#durations.length, notes)
    this.#append(END, track, func, at)
    append(this.#durations, duration)
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#append(MIGRATE, track, cpu, at)
  }

  instant(track: number, at: number, name: string, text: string, frames?: readonly string[]): void {
    this.#remember(sink => sink.instant(track, at, name, text, frames))
  }

  beginSection(lane: number, at: number, name: string): void {
    this.#remember(sink => sink.beginSection(lane, at, name))
  }

  endSection(lane: number, at: number): void {
    this.#remember(sink => sink.endSection(lane, at))
  }

  count(track: number, at: number, name: string, value: number): void {
    this.#remember(sink => sink.count(track, at, name, value))
  }

  lost(cpu: number, at: number, events: number): void {
    this.#remember(sink => sink.lost(cpu, at, events))
  }

  finish(facts: TraceFacts): void {
    this.#remember(sink => sink.finish(facts))
  }

  replay(sink: TimelineSink): void {
    let ended = 0
    for (let i = 0; i < this.#kinds.length; i++) {
      const kind = this.#kinds.values[i] as number
      const operand = this.#operands.values[i] as number
      const at = this.#positions.values[i] as number
      const track = kind >> 2
      switch (kind & 3) {
        case BEGIN:
          sink.begin(track, operand, at)
          break
        case END:
          this.#replayEnd(sink, track, operand, at, ended++)
          break
        case MIGRATE:
          sink.migrate(track, operand, at)
          break
        default:
          this.#others[operand]?.(sink)
      }
    }
  }

  #replayEnd(sink: TimelineSink, track: number, func: number, at: number, index: number): void {
    sink.end(track, func, at, this.#durations.values[index] as number, this.#notes.get(index))
  }

  #append(kind: number, track: number, operand: number, at: number): void {
    append(this.#kinds, track * 4 + kind)
    append(this.#operands, operand)
    append(this.#positions, at)
  }

  #remember(replay: (sink: TimelineSink) => void): void {
    this.#append(OTHER, 0, this.#others.push(replay) - 1, 0)
  }
}
