import { basename } from 'node:path'
import type { Argv } from 'yargs'
import { UserError } from '../../base/user-error.js'
import type { Command, CommandModule } from '../command.js'
import { bashScript, fishScript, zshScript } from '../completion/scripts.js'
import { describedCommands } from '../described-commands.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const
type Shell = keyof typeof scripts
const shells = Object.keys(scripts) as Shell[]

/** The command that prints completions of `commands`. */
export function completionOf(commands: readonly Command[]): CommandModule {
  return { options, examples, run: (args: Args, io: Io) => run(args, io, commands) }
}

const examples = [
  ['source <(fgraph completion bash)', 'in ~/.bashrc'],
  ['fgraph completion zsh > ~/.zfunc/_fgraph', 'if ~/.zfunc is in $fpath'],
  ['fgraph completion fish > ~/.config/fish/completions/fgraph.fish', 'for fish'],
] as const

function options(yargs: Argv) {
  return yargs.positional('shell', {
    choices: shells,
    defaultDescription: 'that of $SHELL',
    describe: 'The shell that is to complete',
  })
}

type Args = Awaited<ReturnType<typeof options>['argv']>

async function run(args: Args, io: Io, commands: readonly Command[]): Promise<number> {
  const script = scripts[args.shell ?? ownShell(io.env)]
  io.stdout.write(script(await describedCommands(commands)))
  return exitCodes.done
}

function ownShell(env: Io['env']): Shell {
  const name = basename(env.SHELL ?? '')
  const shell = shells.find(known => known === name)
  if (shell) return shell
  throw new UserError(`completion: $SHELL is not ${shells.join(', ')}; name one of these`)
}
