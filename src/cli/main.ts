/** The door of the command line. */
import manifest from '../../package.json' with { type: 'json' }
import { UserError } from '../base/user-error.js'
import { similarNames } from '../timeline/function-pattern.js'
import { commands } from './commands.js'
import { describedCommand, optionNames } from './described-commands.js'
import { exitCodes } from './exit-codes.js'
import { commandHelp, mainHelp } from './help/help-text.js'
import type { Io } from './io.js'
import { protectDashes, restoreDash } from './options/single-dash.js'
import { isInput } from './options/words.js'
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
  if (args.length === 1 && ['--version', '-V'].includes(args[0])) {
    io.stdout.write(`${manifest.version}\n`)
    return exitCodes.done
  }
  const help = await helpFor(args, io.stdout.columns)
  if (help !== undefined) {
    io.stdout.write(help)
    return exitCodes.done
  }
  if (args.length === 0) {
    io.stderr.write(mainHelp(commands, io.stderr.columns))
    return exitCodes.userError
  }
  return runCommand(isTrace(args[0]) ? ['info', ...args] : args, io)
}

/** The help that a command line asks for; undefined if it asks for none. */
async function helpFor(
  args: readonly string[],
  columns: number | undefined,
): Promise<string | undefined> {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const isHelp = args[0] === 'help'
  const isLong = options.includes('--help')
  if (!isHelp && !isLong && !options.includes('-h')) return undefined
  const name = isHelp ? args[1] : args[0]
  const command = commands.find(({ usage }) => nameIn(usage) === name)
  if (command) return commandHelp(await describedCommand(command), columns, !isHelp && !isLong)
  if (isHelp && name !== undefined && !name.startsWith('-')) throw unknownCommand(name)
  return mainHelp(commands, columns)
}

async function runCommand(args: readonly string[], io: Io): Promise<number> {
  const { default: yargs } = await import('yargs')
  let code: number = exitCodes.done
  let known: readonly string[] = []
  const parser = yargs()
  for (const { usage, summary, load } of commands) {
    parser.command(
      usage,
      summary,
      async y => {
        const declared = (await load()).options(y)
        known = optionNames(declared)
        return declared
      },
      async argv => {
        code = await (await load()).run(argv as never, io)
        endIfAsked(io)
      },
    )
  }
  const name = nameIn(args[0])
  if (!commands.some(({ usage }) => nameIn(usage) === name)) throw unknownCommand(name)
  const fail = (message: string) => usageError(message, name, known)
  parser
    .scriptName('fgraph')
    .help(false)
    .version(false)
    .strict()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
    })
    .locale('en')
    .updateStrings(strings)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? fail(message)
    })
  try {
    // Without the callback yargs prints to the console.
    await parser.parseAsync(protectDashes(args), {}, () => {})
  } catch (error) {
    // When yargs checks the number of arguments, it does not call `fail`.
    throw error instanceof Error && error.name === 'YError' ? fail(error.message) : error
  }
  return code
}

/** Whether a word is a trace to tell about, and no command. */
function isTrace(word: string): boolean {
  return !commands.some(({ usage }) => nameIn(usage) === word) && isInput(word)
}

function nameIn(usage: string): string {
  return usage.split(' ', 1)[0]
}

function unknownCommand(name: string): UserError {
  const names = commands.map(({ usage }) => nameIn(usage))
  const [similar] = similarNames(name, names)
  const remedy = similar ? `did you mean ${similar}` : `the commands are ${names.join(', ')}`
  return new UserError(`unknown command ${name}; ${remedy}`)
}

/** The message of an error that is not a bug; undefined for a bug. */
function userMessage(error: unknown): string | undefined {
  return error instanceof UserError ? error.message : undefined
}

/** Replaces messages of yargs that take several lines or end in a question. */
const strings = {
  'Invalid values:': ' ',
  'Argument: %s, Given: %s, Choices: %s': '--%s: unknown value %s; choose one of %s',
  'Not enough arguments following: %s': 'option %s needs a value',
}

function usageError(message: string, command: string, known: readonly string[]): UserError {
  const line = restoreDash(message)
    .trim()
    .split(/\s*\n\s*/)
    .join(' ')
  const [, option] = /^Unknown arguments?: ([^\s,]+)/.exec(line) ?? []
  if (option === undefined) return new UserError(`${line}; see fgraph ${command} --help`)
  const written = option.length === 1 ? `-${option}` : `--${option}`
  const [similar] = similarNames(written, known)
  const remedy = similar ? `did you mean ${similar}` : `see fgraph ${command} --help`
  return new UserError(`unknown option or argument ${written}; ${remedy}`)
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE'
}
