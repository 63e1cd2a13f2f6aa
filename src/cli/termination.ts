import type { Io } from './io.js'

const signals = ['SIGINT', 'SIGTERM'] as const

export interface Termination {
  /** Removes the signal handlers. */
  release(): void
  /** If Ctrl-C has asked to finish, lets that signal end the process now. */
  complete(): void
}

/**
 * Calls `cleanUp` before Ctrl-C or `kill` ends the process. If there is a way to `finish` with the
 * input so far, the first Ctrl-C does that, and only a second one cleans up.
 */
export function onTermination(
  io: Pick<Io, 'on' | 'off' | 'pid' | 'kill'>,
  cleanUp: () => void,
  finish?: () => void,
): Termination {
  let isFinishing = false
  // Not process.exit(130), which waits for pending reads: for ever, on a quiet pipe.
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
