/** A written page: reads the trace that it carries, and shows it. */
import { decodeTrace, type Trace } from './data.js'
import { element } from './dom.js'
import { Page } from './page.js'

start().catch((error: unknown) => {
  document.body.replaceChildren(
    element('p', { className: 'message', textContent: `This page cannot be shown: ${error}` }),
  )
  throw error
})

async function start(): Promise<void> {
  new Page(await embeddedTrace())
}

async function embeddedTrace(): Promise<Trace> {
  const script = document.getElementById('trace') as HTMLElement
  const text = atob(script.textContent.replaceAll('\n', ''))
  script.remove()
  const bytes = Uint8Array.from(text, character => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return decodeTrace(new Uint8Array(await new Response(stream).arrayBuffer()))
}
