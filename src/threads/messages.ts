import type { ReadOptions } from '../ingest/trace-reader.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { EventBlock } from '../timeline/sinks/index.js'

/**
 * Requests to the reader's thread. `open` comes once and first; all others are answered in order.
 */
export type ToReader =
  | { readonly ask: 'open'; readonly buffer: SharedArrayBuffer; readonly options: ReadOptions }
  /** The text is in a slot of the shared memory. The answer frees the slot. */
  | { readonly ask: 'push'; readonly chunk: number; readonly length: number }
  | { readonly ask: 'passOver'; readonly captures: number; readonly lines: number }
  | { readonly ask: 'endInput' }
  | { readonly ask: 'finish' }

export type FromReader =
  | { readonly answer: 'events'; readonly events: SharedEvents }
  /** Answers a request, with its last events. Only `finish` has a summary. */
  | { readonly answer: 'done'; readonly events?: SharedEvents; readonly summary?: TraceSummary }
  /** `isUserError`: the error is a `UserError`; its class is lost on the way. */
  | { readonly answer: 'failed'; readonly error: unknown; readonly isUserError: boolean }

/**
 * Events in a block of the shared memory. The block has to be freed once they have been sent on.
 */
export interface SharedEvents extends Omit<EventBlock, 'columns'> {
  readonly block: number
}
