import type { Input } from '../../node/input.js'
import type { TextOutput } from '../io.js'
import { size } from './units.js'

export interface Progress {
  stop(): void
}

const PATIENCE_MS = 1000
const INTERVAL_MS = 100

/** Shows a line of progress if stderr is a terminal and the run takes longer than a second. */
export function startProgress(inputs: readonly Input[], stderr: TextOutput): Progress {
  if (!stderr.isTTY) return { stop() {} }
  const started = Date.now()
  let stopped = false
  let clear = () => {}
  const patience = setTimeout(async () => {
    const { SingleBar } = (await import('cli-progress')).default
    if (stopped) return
    const sizes = inputs.map(input => input.size ?? Number.NaN)
    const total = sizes.reduce((sum, each) => sum + each, 0)
    const done = () => inputs.reduce((sum, input) => sum + input.bytesRead, 0)
    const figures = () => ({
      done: size(done()),
      of: size(total),
      rate: size((done() / (Date.now() - started)) * 1000),
      left: leftText(total - done(), done() / (Date.now() - started)),
    })
    const bar = new SingleBar({
      format: Number.isNaN(total) ? UNSIZED : SIZED,
      stream: stderr,
      barsize: 24,
      clearOnComplete: true,
      // The command has its own signal handler, which removes files.
      gracefulExit: false,
    })
    bar.start(total || 0, done(), figures())
    const timer = setInterval(() => bar.update(done(), figures()), INTERVAL_MS)
    clear = () => {
      clearInterval(timer)
      bar.stop()
    }
  }, PATIENCE_MS)
  return {
    stop() {
      stopped = true
      clearTimeout(patience)
      clear()
    },
  }
}

/** `12 s left`, or nothing while the rate is unknown. */
function leftText(bytes: number, bytesPerMilli: number): string {
  const seconds = Math.ceil(bytes / bytesPerMilli / 1000)
  return Number.isFinite(seconds) ? `${seconds} s left` : ''
}

const SIZED = 'reading [{bar}] {percentage}%  {done} of {of}  {rate}/s  {left}'
const UNSIZED = 'reading {done}  {rate}/s'
