import type { Argv } from 'yargs'
import type { Io } from './io.js'

/** A command in the table of commands. */
export interface Command {
  /** The name and the positional arguments, as yargs reads them. */
  readonly usage: string
  readonly summary: string
  /** Only the command that runs is loaded, so that node starts faster. */
  load(): Promise<CommandModule>
}

export interface CommandModule {
  options(yargs: Argv): Argv
  /** Returns the exit code. */
  run(args: never, io: Io): Promise<number>
}
