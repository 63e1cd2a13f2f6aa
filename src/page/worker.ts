/** Reads traces on a thread of the browser, and converts them. */
import { UserError } from '../base/user-error.js'
import { convertTo, type Source } from '../convert.js'
import type { Format } from '../emit/format.js'
import { formats } from '../emit/formats.js'
import { openPageData } from '../emit/html/page-rows.js'
import { unpacked } from '../unpack/unpacked.js'
import { isOutOfMemory, TOO_LARGE } from './memory.js'
import type { Job, Progress, Result } from './messages.js'
import { offeredFormats } from './offered-formats.js'
import { inBrowser } from './unpacking.js'
import { readingOf, refuseNothing } from './wishes.js'

/** So often the page is told how far the worker is. */
const TOLD_MS = 100

addEventListener('message', async ({ data }: MessageEvent<Job>) => {
  try {
    await work(data)
  } catch (error) {
    if (isOutOfMemory(error)) tell({ failed: TOO_LARGE, isBug: false })
    else {
      const isBug = !(error instanceof UserError)
      tell({ failed: isBug ? String((error as Error).stack ?? error) : error.message, isBug })
    }
  }
})

async function work({ files, title, into, wishes }: Job): Promise<void> {
  const made: Uint8Array<ArrayBuffer>[] = []
  const keep = (bytes: Uint8Array) => void made.push(bytes.slice())
  const format = into === 'page' ? pageData(keep) : named(into)
  const reading = readingOf(wishes)
  const options = { ...reading.options, title }
  const summary = await convertTo(files.map(sourceOf), [{ format, write: keep }], options)
  refuseNothing(reading)
  const buffers = made.map(({ buffer }) => buffer)
  const result: Result = { made, summary, formats: offeredFormats() }
  postMessage(result, { transfer: buffers })
}

function named(name: string): Format {
  return formats.find(format => format.name === name) as Format
}

/** What `decodeTrace` reads, as a format. */
function pageData(keep: (bytes: Uint8Array) => void): Format {
  return {
    ...named('html'),
    async load() {
      return (_, options) =>
        openPageData(pieces => {
          for (const piece of pieces) keep(piece)
        }, options)
    },
  }
}

let read = 0
let told = 0

function sourceOf(file: File): Source {
  return { name: file.name, chunks: unpacked(blocksOf(file), file.name, inBrowser) }
}

async function* blocksOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    read += value.length
    if (Date.now() - told > TOLD_MS) {
      told = Date.now()
      tell({ read })
    }
    yield value
  }
}

function tell(progress: Progress): void {
  postMessage(progress)
}
