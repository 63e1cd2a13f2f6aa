import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type FormatName, formats } from '../src/emit/formats.js'
import { TraceReader, type TraceSummary } from '../src/ingest/trace-reader.js'
import { checked } from '../src/timeline/checked.js'
import type { TimelineSink } from '../src/timeline/sink.js'

/** The bytes of a capture, inflated where its name ends in `.gz`. */
export function readCapture(path: string): Uint8Array {
  const bytes = readFileSync(path)
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** Reads a trace into a sink, cut into chunks if told to, and checks the contract on the way. */
export function readTrace(
  text: Uint8Array | string,
  sink: TimelineSink = ignored,
  chunkSize = Number.POSITIVE_INFINITY,
): TraceSummary {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const reader = new TraceReader(checked(sink))
  for (let at = 0; at < bytes.length; at += chunkSize) {
    reader.push(bytes.subarray(at, at + chunkSize))
  }
  reader.endInput()
  return reader.finish()
}

/** What a format's file holds, with what was written to make it. */
export class Written {
  readonly sink: TimelineSink
  readonly #blocks: Uint8Array[] = []

  constructor(name: FormatName, title = 'trace') {
    const format = formats.find(format => format.name === name)
    if (!format) throw new Error(`no format ${name}`)
    this.sink = format.open(block => this.#blocks.push(block), { title, root: 'none' })
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#blocks)
  }

  get text(): string {
    return Buffer.concat(this.#blocks).toString()
  }
}

export const ignored: TimelineSink = {
  defineFunction() {},
  defineTrack() {},
  begin() {},
  end() {},
  migrate() {},
  instant() {},
  lost() {},
  finish() {},
}
