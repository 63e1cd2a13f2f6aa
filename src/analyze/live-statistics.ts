import type {
  CallNotes,
  FunctionId,
  KernelFunction,
  Nanos,
  TimelineSink,
  Track,
  TrackId,
} from '../timeline/sink.js'
import { ignored } from '../timeline/sinks/index.js'
import type { GroupedBy } from './call-row.js'
import { CallStatistics } from './call-statistics.js'

/** Adds up the calls of a timeline that still comes: of all of it so far, and of its latest part. */
export class LiveStatistics implements TimelineSink {
  readonly whole: CallStatistics
  readonly #by: GroupedBy
  readonly #functions: KernelFunction[] = []
  readonly #tracks: Track[] = []
  /** By track: the functions of its open calls, the outermost first. */
  readonly #open: FunctionId[][] = []
  #recent: CallStatistics

  constructor(by: GroupedBy) {
    this.#by = by
    this.whole = new CallStatistics({ by })
    this.#recent = new CallStatistics({ by })
  }

  /** The calls that have ended since this was called before. */
  takeRecent(): CallStatistics {
    const taken = this.#recent
    const next = new CallStatistics({ by: this.#by })
    // forEach passes over ids that are not defined.
    this.#functions.forEach((func, id) => {
      next.defineFunction(id, func)
    })
    this.#tracks.forEach((track, id) => {
      next.defineTrack(id, track)
    })
    this.#open.forEach((functions, track) => {
      for (const func of functions) next.begin(track, func)
    })
    this.#recent = next
    return taken
  }

  defineFunction(id: FunctionId, func: KernelFunction): void {
    this.#functions[id] = func
    this.whole.defineFunction(id, func)
    this.#recent.defineFunction(id, func)
  }

  defineTrack(id: TrackId, track: Track): void {
    this.#tracks[id] = track
    this.#open[id] ??= []
    this.whole.defineTrack(id, track)
    this.#recent.defineTrack(id, track)
  }

  begin(track: TrackId, func: FunctionId): void {
    this.#open[track].push(func)
    this.whole.begin(track, func)
    this.#recent.begin(track, func)
  }

  end(track: TrackId, func: FunctionId, at: Nanos, duration: Nanos, notes?: CallNotes): void {
    this.#open[track].pop()
    this.whole.end(track, func, at, duration, notes)
    this.#recent.end(track, func, at, duration, notes)
  }

  migrate(track: TrackId, cpu: number): void {
    this.whole.migrate(track, cpu)
    this.#recent.migrate(track, cpu)
  }

  start = ignored.start
  defineLane = ignored.defineLane
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish
}
