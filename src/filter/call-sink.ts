import type { FunctionId, Nanos, TimelineSink, TrackId } from '../timeline/sink.js'

/**
 * The timeline between two filters. Here a call without an entry may have its name from its begin
 * on; `hasEntry` tells it from a call whose entry is in the trace.
 */
export interface CallSink extends TimelineSink {
  begin(track: TrackId, func: FunctionId, at: Nanos, hasEntry?: boolean): void
}

/** How many calls a filter has removed. */
export interface Removal {
  /** The filter as written on the command line. */
  readonly filter: string
  calls: number
}
