import type { FunctionId, Nanos, TimelineSink, TrackId } from '../timeline/sink.js'

/**
 * What filters pass on to one another: a timeline in which a call without an entry may have its
 * name from its begin on. `hasEntry` then tells it from one that the trace shows from its begin on.
 */
export interface CallSink extends TimelineSink {
  begin(track: TrackId, func: FunctionId, at: Nanos, hasEntry?: boolean): void
}

/** What a filter has removed, in calls. */
export interface Removal {
  /** The filter, as it is written on the command line. */
  readonly filter: string
  calls: number
}
