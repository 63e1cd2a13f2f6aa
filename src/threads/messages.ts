import type { ReadOptions } from '../ingest/trace-reader.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { OtherEvent } from '../timeline/sinks/index.js'

/** What the thread that reads is asked. The first one comes once; the rest is answered, in order. */
export type ToReader =
  | { readonly ask: 'open'; readonly buffer: SharedArrayBuffer; readonly options: ReadOptions }
  /** The text lies in a slot of the shared memory, which is free when this is answered. */
  | { readonly ask: 'push'; readonly chunk: number; readonly length: number }
  | { readonly ask: 'endInput' }
  | { readonly ask: 'finish' }

export type FromReader =
  | { readonly answer: 'events'; readonly events: SharedEvents }
  /** With the last events of what was asked for; `summary` belongs to `finish`. */
  | { readonly answer: 'done'; readonly events?: SharedEvents; readonly summary?: TraceSummary }
  /** `isUserError`: what the user can mend. */
  | { readonly answer: 'failed'; readonly error: unknown; readonly isUserError: boolean }

/** Events in a block of the shared memory, which is to be freed when they have been told. */
export interface SharedEvents {
  readonly block: number
  readonly length: number
  readonly others: readonly OtherEvent[]
}
