/** A written page: reads the trace that it carries, shows it, and offers it in other formats. */
import { decodeTrace } from './data.js'
import { element } from './dom.js'
import { menu } from './menu.js'
import { outputEntries } from './output-menu.js'
import { startPacked, unpackedStream } from './packed-worker.js'
import { Page } from './page.js'
import type { Answer, Asked } from './writer-messages.js'

start().catch((error: unknown) => {
  document.body.replaceChildren(
    element('p', { className: 'message', textContent: `This page cannot be shown: ${error}` }),
  )
  throw error
})

async function start(): Promise<void> {
  const [data, writers] = ['trace', 'writers'].map(takeText)
  const trace = decodeTrace(await bytesOf(data))
  const page = new Page(trace)
  const answer = await ask(writers, { formats: true })
  if (!('formats' in answer)) return
  const output = {
    title: trace.title,
    fileName: trace.title,
    async make(format: string) {
      const made = await ask(writers, { format, trace: await bytesOf(data) })
      return 'made' in made ? made.made : []
    },
  }
  page.add(menu('Trace', outputEntries(answer.formats, output)))
}

/** The text of a script that holds data. */
function takeText(id: string): string {
  const script = document.getElementById(id) as HTMLElement
  script.remove()
  return script.textContent
}

async function bytesOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(unpackedStream(text)).arrayBuffer())
}

/** Asks a new worker. Rejects with what went wrong. */
async function ask(code: string, asked: Asked): Promise<Answer> {
  const worker = await startPacked(code)
  return new Promise<Answer>((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('failed' in data) reject(new Error(data.failed))
      else resolve(data)
    }
    worker.postMessage(asked)
  }).finally(() => worker.terminate())
}
