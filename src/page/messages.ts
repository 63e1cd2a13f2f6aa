/** What the page and its worker tell each other. */
import type { OfferedFormat } from '../emit/browser/page/output-menu.js'
import type { TraceSummary } from '../ingest/trace-summary.js'

/** Files that are one trace, and what to make of them. */
export interface Job {
  readonly files: readonly File[]
  readonly title: string
  /** `page`, for the data of the page, or the name of a format. */
  readonly into: string
  readonly wishes: Wishes
}

/** How the user wants the trace to be read: texts by the names of the command line's options. */
export type Wishes = Readonly<Record<string, string>>

/** What has become of a job. */
export interface Result {
  readonly made: readonly Uint8Array<ArrayBuffer>[]
  readonly summary: TraceSummary
  readonly formats: readonly OfferedFormat[]
}

/** From the worker: bytes that it has read, and at the end the result or what went wrong. */
export type Progress =
  | { readonly read: number }
  | Result
  /** `isBug` unless the user can mend it. */
  | { readonly failed: string; readonly isBug: boolean }
