/** The page that opens any trace: takes files, lets a worker read them, and shows what it has made. */
import { joined } from '../base/chunks.js'
import { decodeTrace, type Trace } from '../emit/browser/page/data.js'
import { Page } from '../emit/browser/page/page.js'
import { traceTitle } from '../timeline/names.js'
import { isMuch, isOutOfMemory, memoryFor, TOO_LARGE } from './memory.js'
import { menuFor } from './menu.js'
import type { Job, Result, Wishes } from './messages.js'
import { Opener } from './opener.js'
import { Stopped, startWork, type Work } from './work.js'

const opener = new Opener(files => {
  const memory = memoryFor(files)
  if (isMuch(memory)) opener.ask(memory, () => open(files))
  else open(files)
})
document.body.append(opener.element)

/** The files that came last are shown: others are given up. */
let current: Work | undefined
let page: Page | undefined

async function open(files: readonly File[]): Promise<void> {
  const title = traceTitle(files.map(({ name }) => name))
  const job: Job = { files, title, into: 'page', wishes: {} }
  const size = files.reduce((sum, each) => sum + each.size, 0)
  current?.stop()
  const work = startWork(job, read => {
    if (work === current) opener.showProgress(title, read, size)
  })
  current = work
  opener.showProgress(title, 0, size, work.stop)
  try {
    const result = await work.done
    const trace = traceOf(result)
    opener.close()
    show(job, result, trace)
  } catch (error) {
    if (work !== current) return
    if (error instanceof Stopped) opener.showStart()
    else opener.showFailure(messageOf(error))
  }
}

/** In place of what was shown. `before` is the trace to compare it with. */
function show(job: Job, result: Result, trace: Trace, before?: Trace): void {
  page?.close()
  document.title = job.title
  const menu = menuFor(job, result, {
    async read(wishes: Wishes) {
      const wished: Job = { ...job, wishes }
      const again = await startWork(wished, () => {}).done
      show(wished, again, traceOf(again), before)
    },
    async compare(files: readonly File[]) {
      const other: Job = { ...job, files, title: traceTitle(files.map(({ name }) => name)) }
      const compared = await startWork(other, () => {}).done
      show(job, result, trace, traceOf(compared))
    },
  })
  const wishes = Object.entries(job.wishes).map(([name, text]) => `--${name} ${text}`)
  page = new Page(trace, { controls: [menu], before, remark: wishes.join(' ') })
}

function traceOf({ made }: Result): Trace {
  return decodeTrace(joined(made))
}

function messageOf(error: unknown): string {
  return isOutOfMemory(error) ? TOO_LARGE : (error as Error).message
}
