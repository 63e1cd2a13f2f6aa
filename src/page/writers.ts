/** Writes formats from the data of a written page, on a thread of the browser. */
import { decodeTrace } from '../emit/browser/page/data.js'
import { replay } from '../emit/browser/page/replay.js'
import type { Answer, Asked } from '../emit/browser/page/writer-messages.js'
import type { Format } from '../emit/format.js'
import { formats } from '../emit/formats.js'
import { withoutSleep } from '../timeline/sinks/index.js'
import { offeredFormats } from './offered-formats.js'

addEventListener('message', async ({ data }: MessageEvent<Asked>) => {
  try {
    await answer(data)
  } catch (error) {
    tell({ failed: (error as Error).message })
  }
})

async function answer(asked: Asked): Promise<void> {
  // The page is there already.
  if ('formats' in asked) tell({ formats: offeredFormats().filter(({ name }) => name !== 'html') })
  else {
    const format = formats.find(({ name }) => name === asked.format) as Format
    const made: Uint8Array<ArrayBuffer>[] = []
    const trace = decodeTrace(asked.trace)
    const open = await format.load()
    const sink = open(bytes => made.push(bytes.slice()), { title: trace.title })
    replay(trace, format.onCpu ? withoutSleep(sink) : sink)
    tell({ made })
  }
}

function tell(answered: Answer): void {
  postMessage(answered)
}
