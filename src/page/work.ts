import { startPacked } from '../emit/browser/page/packed-worker.js'
import type { Job, Progress, Result } from './messages.js'
import packedCode from './worker.js?code'

/** Somebody has stopped the worker. */
export class Stopped extends Error {}

/** A job that a worker has. */
export interface Work {
  /** Rejects with an error whose message is for users, or with `Stopped`. */
  readonly done: Promise<Result>
  stop(): void
}

/** Gives a job to a new worker. */
export function startWork(job: Job, onRead: (bytes: number) => void): Work {
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Stopped())
  })
  return { done: Promise.race([made(job, onRead, stopped), stopped]), stop }
}

async function made(
  job: Job,
  onRead: (bytes: number) => void,
  stopped: Promise<never>,
): Promise<Result> {
  const worker = await startPacked(packedCode)
  stopped.catch(() => worker.terminate())
  return new Promise<Result>((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(`${message}; ${BUG}`))
    worker.onmessage = ({ data }: MessageEvent<Progress>) => {
      if ('read' in data) onRead(data.read)
      else if ('made' in data) resolve(data)
      else reject(new Error(data.isBug ? `${data.failed}\n${BUG}` : data.failed))
    }
    worker.postMessage(job)
  }).finally(() => worker.terminate())
}

const BUG = 'This is a bug in fgraph; please report it.'
