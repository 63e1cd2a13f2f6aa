import type { Io } from './io.js'

const signals = ['SIGINT', 'SIGTERM'] as const

export interface Termination {
  /** Takes back that the signals are waited for. */
  release(): void
  /** Ends the process of the Ctrl-C that it was asked to finish by, if it was. */
  complete(): void
}

/**
 * Cleans up before Ctrl-C or `kill` ends the process. Where there is a way to `finish` with what is
 * there, the first Ctrl-C is for that and only the next one cleans up.
 */
export function onTermination(
  io: Pick<Io, 'on' | 'off' | 'pid' | 'kill'>,
  cleanUp: () => void,
  finish?: () => void,
): Termination {
  let isFinishing = false
  // Not process.exit(130), which waits for reads that are under way: for ever, on a quiet pipe.
  const die = (signal: NodeJS.Signals) => io.kill(io.pid, signal)
  const end = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && finish && !isFinishing) {
      isFinishing = true
      finish()
      return
    }
    cleanUp()
    release()
    die(signal)
  }
  const release = () => {
    for (const signal of signals) io.off(signal, end)
  }
  for (const signal of signals) io.on(signal, end)
  return {
    release,
    complete() {
      release()
      if (isFinishing) die('SIGINT')
    },
  }
}
