/** The door of the command line. */
import manifest from '../../package.json' with { type: 'json' }
import { UserError } from '../base/user-error.js'
import { commands } from './commands.js'
import { exitCodes } from './exit-codes.js'
import type { Io } from './io.js'
import { protectDashes, restoreDash } from './options/single-dash.js'
import { endIfAsked } from './termination.js'
import { shownLines } from './text/shown.js'

/** Runs a command line and returns its exit code. Prints errors on `io.stderr`; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await execute(args, io)
  } catch (error) {
    if (isClosedPipe(error)) return exitCodes.done
    const message = userMessage(error)
    if (message !== undefined) {
      io.stderr.write(`fgraph: ${shownLines(message)}\n`)
      return exitCodes.userError
    }
    const text = error instanceof Error ? error.stack : String(error)
    io.stderr.write(`${text}\nThis is a bug in fgraph ${manifest.version}; please report it.\n`)
    return exitCodes.bug
  }
}

async function execute(args: readonly string[], io: Io): Promise<number> {
  // yargs takes 50 ms to load; node starts in 65.
  if (args.length === 1 && args[0] === '--version') {
    io.stdout.write(`${manifest.version}\n`)
    return exitCodes.done
  }
  const { default: yargs } = await import('yargs')
  let code: number = exitCodes.done
  const parser = yargs()
  for (const { usage, summary, load } of commands) {
    parser.command(
      usage,
      summary,
      async y => (await load()).options(y),
      async argv => {
        code = await (await load()).run(argv as never, io)
        endIfAsked(io)
      },
    )
  }
  parser
    .scriptName('fgraph')
    .usage('$0 turns Linux function_graph traces into profiling formats\n\n$0 <command>')
    .example('$0 convert trace.txt -o trace.pftrace', 'for ui.perfetto.dev')
    .example('$0 info trace.txt', 'what is in a trace')
    .example('$0 report trace.txt', 'which functions take the time')
    .epilogue(
      'Exit codes: 0 done; 1 a budget was missed, or with --strict data was lost; 2 wrong use, with one line on stderr',
    )
    .version(manifest.version)
    .strict()
    .demandCommand(1)
    .recommendCommands()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
    })
    .locale('en')
    .updateStrings(strings)
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(Math.min(100, io.stdout.columns || 100))
    .fail((message, error) => {
      throw error ?? usageError(message)
    })
  if (args.length === 0) {
    io.stderr.write(`${await parser.getHelp()}\n`)
    return exitCodes.userError
  }
  // Without the callback yargs prints help to the console.
  await parser.parseAsync(
    protectDashes(args),
    {},
    (_error: unknown, _args: unknown, help: string) => {
      if (help !== '') io.stdout.write(`${help}\n`)
    },
  )
  return code
}

/** The message of an error that is not a bug; undefined for a bug. */
function userMessage(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message
  // When yargs checks the number of arguments, it does not call `fail`.
  return error instanceof Error && error.name === 'YError'
    ? usageError(error.message).message
    : undefined
}

/** Replaces messages of yargs that take several lines or end in a question. */
const strings = {
  'Invalid values:': ' ',
  'Argument: %s, Given: %s, Choices: %s': '--%s: unknown value %s; choose one of %s',
  'Not enough arguments following: %s': 'option %s needs a value',
  'Did you mean %s?': 'unknown command; did you mean %s',
}

function usageError(message: string): UserError {
  const line = restoreDash(message)
    .trim()
    .replace(/\s*\n\s*/g, ' ')
  return new UserError(`${line}; see fgraph --help`)
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE'
}
