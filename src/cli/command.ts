import type { Argv } from 'yargs'
import type { Io } from './io.js'

/** One command, as the command line knows it before it is asked for. */
export interface Command {
  /** With its positional arguments. */
  readonly usage: string
  readonly summary: string
  /** Commands are loaded when they are asked for: node starts faster so. */
  load(): Promise<CommandModule>
}

export interface CommandModule {
  options(yargs: Argv): Argv
  /** Returns the exit code. */
  run(args: never, io: Io): Promise<number>
}
