/** A begin or an end of a call, as every format that shows positions has it. */
export interface PlacedEvent {
  readonly track: string
  readonly type: 'BEGIN' | 'END'
  /** Nanoseconds. */
  readonly at: number
  /** Of a begin; an end may have none. */
  readonly name: string
}
