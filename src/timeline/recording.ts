import { append, float64Column, int32Column } from '../base/columns.js'
import type { KernelFunction, TimelineSink, TraceFacts, Track } from './sink.js'

const BEGIN = 0
const END = 1
const MIGRATE = 2
/** An event that is rare, kept as a call of its verb. */
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
  readonly #others: ((sink: TimelineSink) => void)[] = []

  defineFunction(id: number, definition: KernelFunction): void {
    this.#remember(sink => sink.defineFunction(id, definition))
  }

  defineTrack(id: number, track: Track): void {
    this.#remember(sink => sink.defineTrack(id, track))
  }

  begin(track: number, func: number, at: number): void {
    this.#append(BEGIN, track, func, at)
  }

  end(track: number, func: number, at: number, duration: number): void {
    this.#append(END, track, func, at)
    append(this.#durations, duration)
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#append(MIGRATE, track, cpu, at)
  }

  instant(track: number, at: number, name: string, text: string): void {
    this.#remember(sink => sink.instant(track, at, name, text))
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
          sink.end(track, operand, at, this.#durations.values[ended++] as number)
          break
        case MIGRATE:
          sink.migrate(track, operand, at)
          break
        default:
          this.#others[operand]?.(sink)
      }
    }
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
