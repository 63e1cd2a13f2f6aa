import type { Argv } from 'yargs'
import manifest from '../../../package.json' with { type: 'json' }
import type { Command, CommandModule } from '../command.js'
import { describedCommands } from '../described-commands.js'
import { exitCodes } from '../exit-codes.js'
import { manPage } from '../help/man-page.js'
import type { Io } from '../io.js'

const examples = [
  ['fgraph man | man -l -', 'read it'],
  ['fgraph man > ~/.local/share/man/man1/fgraph.1', 'install it'],
  ['fgraph man | groff -man -Tpdf > fgraph.pdf', 'print it'],
] as const

/** The command that prints the manual page of `commands`. */
export function manOf(commands: readonly Command[]): CommandModule {
  return { options: (yargs: Argv) => yargs, examples, run: (_, io: Io) => run(io, commands) }
}

async function run(io: Io, commands: readonly Command[]): Promise<number> {
  io.stdout.write(manPage(await describedCommands(commands), manifest.version))
  return exitCodes.done
}
