/** The page that opens any trace: takes files, lets a worker read them, and shows what it has made. */
import { joined } from '../base/chunks.js'
import { decodeTrace } from '../emit/browser/page/data.js'
import { Page } from '../emit/browser/page/page.js'
import { menuFor } from './menu.js'
import type { Job } from './messages.js'
import { Opener } from './opener.js'
import { Stopped, startWork } from './work.js'

const opener = new Opener(open)
document.body.append(opener.element)

async function open(files: readonly File[]): Promise<void> {
  const title = titleOf(files)
  const job: Job = { files, title, into: 'page' }
  const work = startWork(job, read => opener.showProgress(title, read, sizeOf(files)))
  opener.showProgress(title, 0, sizeOf(files), work.stop)
  try {
    const result = await work.done
    document.title = title
    const trace = decodeTrace(joined(result.made))
    opener.close()
    new Page(trace, [menuFor(job, result)])
  } catch (error) {
    if (error instanceof Stopped) opener.showStart()
    else opener.showFailure((error as Error).message)
  }
}

function titleOf(files: readonly File[]): string {
  const [{ name }] = files
  return files.length === 1 ? name : `${name} and ${files.length - 1} more`
}

function sizeOf(files: readonly File[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}
