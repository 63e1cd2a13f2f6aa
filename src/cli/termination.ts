import type { Input } from '../node/input.js'
import type { Io } from './io.js'

const signals = ['SIGINT', 'SIGTERM'] as const

export interface Termination {
  /** Removes the signal handlers. */
  release(): void
}

/** Processes that Ctrl-C has asked to finish. */
const finishes = new WeakSet<Pick<Io, 'kill'>>()

/** If Ctrl-C has asked the command to finish, lets that signal end the process now. */
export function endIfAsked(io: Pick<Io, 'pid' | 'kill'>): void {
  // Not process.exit(130), which waits for pending reads: for ever, on a quiet pipe.
  if (finishes.has(io)) io.kill(io.pid, 'SIGINT')
}

/** A function that ends live inputs so that the command goes on with the data it has; undefined without live inputs. */
export function finishing(
  inputs: readonly Input[],
  stopProgress: () => void,
  { stderr }: Pick<Io, 'stderr'>,
): (() => void) | undefined {
  const endless = inputs.filter(input => input.stop)
  if (endless.length === 0) return undefined
  return () => {
    stopProgress()
    stderr.write('fgraph: finishing with what has come; Ctrl-C again aborts\n')
    for (const input of endless) input.stop?.()
  }
}

/**
 * Calls `cleanUp` before Ctrl-C or `kill` ends the process. If there is a way to `finish` with the
 * input so far, the first Ctrl-C does that, and the process ends when the command has; a second one
 * cleans up.
 */
export function onTermination(
  io: Pick<Io, 'on' | 'off' | 'pid' | 'kill'>,
  cleanUp: () => void,
  finish?: () => void,
): Termination {
  const end = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && finish && !finishes.has(io)) {
      finishes.add(io)
      finish()
      return
    }
    cleanUp()
    release()
    io.kill(io.pid, signal)
  }
  const release = () => {
    for (const signal of signals) io.off(signal, end)
  }
  for (const signal of signals) io.on(signal, end)
  return { release }
}
