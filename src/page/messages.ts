/** What the page and its worker tell each other. */
import type { FormatName } from '../emit/formats.js'
import type { TraceSummary } from '../ingest/trace-summary.js'

/** Files that are one trace, and what to make of them. */
export interface Job {
  readonly files: readonly File[]
  readonly title: string
  /** The data of the page, or a format. */
  readonly into: 'page' | FormatName
}

/** A format that the worker can make. */
export interface OfferedFormat {
  readonly name: FormatName
  readonly viewer: string
  /** The usual ending of its files. */
  readonly extension: string
}

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
