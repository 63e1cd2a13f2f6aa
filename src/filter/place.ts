/** What filters have to know of the trace that is being read. */
export interface TraceSource {
  /** The first timestamp as printed, from the first event on; '' without timestamps. */
  readonly origin: string
  /** The number of the line that is being read. */
  readonly line: number
}

/** Where in the text the event stands that is being told, be it told later than it was read. */
export class Place {
  source: TraceSource | undefined
  /** The line of an event that was held back and is told now, or 0. */
  heldLine = 0

  get line(): number {
    return this.heldLine || (this.source?.line ?? 0)
  }
}
