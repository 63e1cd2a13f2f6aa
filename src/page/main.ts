/** The page that opens any trace: takes files, lets a worker read them, and shows what it has made. */
import { joined } from '../base/chunks.js'
import { decodeTrace } from '../emit/browser/page/data.js'
import { Page } from '../emit/browser/page/page.js'
import { traceTitle } from '../timeline/names.js'
import { menuFor } from './menu.js'
import type { Job } from './messages.js'
import { Opener } from './opener.js'
import { Stopped, startWork, type Work } from './work.js'

const opener = new Opener(open)
document.body.append(opener.element)

/** The files that came last are shown: others are given up. */
let current: Work | undefined

async function open(files: readonly File[]): Promise<void> {
  const title = traceTitle(files.map(({ name }) => name))
  const job: Job = { files, title, into: 'page' }
  current?.stop()
  const work = startWork(job, read => {
    if (work === current) opener.showProgress(title, read, sizeOf(files))
  })
  current = work
  opener.showProgress(title, 0, sizeOf(files), work.stop)
  try {
    const result = await work.done
    document.title = title
    const trace = decodeTrace(joined(result.made))
    opener.close()
    new Page(trace, [menuFor(job, result)])
  } catch (error) {
    if (work !== current) return
    if (error instanceof Stopped) opener.showStart()
    else opener.showFailure((error as Error).message)
  }
}

function sizeOf(files: readonly File[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}
