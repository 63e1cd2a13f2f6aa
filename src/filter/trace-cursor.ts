/** The state of the trace being read, for filters. */
export interface TraceSource {
  /** The first timestamp as printed, from the first event on; '' without timestamps. */
  readonly origin: string
  /** The number of the line that is being read. */
  readonly line: number
}

/** Knows the line of the event that is being sent, even if the event waited in a queue. */
export class TraceCursor {
  source: TraceSource | undefined
  /** The line of the queued event that is being sent, or 0 if none is. */
  queuedLine = 0

  get line(): number {
    return this.queuedLine || (this.source?.line ?? 0)
  }
}
