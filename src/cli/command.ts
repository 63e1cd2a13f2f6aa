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
  /** Declares the positional arguments and the options. */
  options(yargs: Argv): Argv
  /** What may stand behind the positional arguments: `[-- COMMAND..]`. */
  readonly tail?: string
  /** Command lines, and what each is for. */
  readonly examples: readonly (readonly [command: string, purpose: string])[]
  /** Notes for users, below the help. */
  readonly notes?: string
  /** Returns the exit code. */
  run(args: never, io: Io): Promise<number>
}
