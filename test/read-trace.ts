import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type FormatName, formats } from '../src/emit/formats.js'
import { type ReadOptions, TraceReader } from '../src/ingest/trace-reader.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { checked } from '../src/timeline/checked.js'
import type { TimelineSink } from '../src/timeline/sink.js'
import { ignored } from '../src/timeline/sinks/index.js'

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
  options: ReadOptions = {},
): TraceSummary {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const reader = new TraceReader(checked(sink), options)
  for (let at = 0; at < bytes.length; at += chunkSize) {
    reader.push(bytes.subarray(at, at + chunkSize))
  }
  reader.endInput()
  return reader.finish()
}

/** The output of a format, kept in memory. */
export interface Written {
  readonly sink: TimelineSink
  readonly bytes: Uint8Array
  readonly text: string
}

export async function openWritten(name: FormatName, title = 'trace'): Promise<Written> {
  const blocks: Uint8Array[] = []
  const open = await formats.find(format => format.name === name)?.load()
  if (!open) throw new Error(`no format ${name}`)
  return {
    sink: open(block => blocks.push(block), { title }),
    get bytes() {
      return Buffer.concat(blocks)
    },
    get text() {
      return Buffer.concat(blocks).toString()
    },
  }
}
