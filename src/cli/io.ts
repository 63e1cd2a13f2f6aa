import type { StandardInput } from '../node/input.js'
import type { StandardOutput } from '../node/output.js'

type StopSignal = 'SIGINT' | 'SIGTERM'

/** The surroundings of a command: `process`, or what a test puts in its place. */
export interface Io {
  readonly stdin: StandardInput
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
  on(signal: StopSignal, listener: (signal: NodeJS.Signals) => void): unknown
  off(signal: StopSignal, listener: (signal: NodeJS.Signals) => void): unknown
  kill(pid: number, signal: NodeJS.Signals): unknown
}

/** A stream for text. Terminals have a size. */
export type TextOutput = StandardOutput & {
  readonly columns?: number
  readonly rows?: number
}
