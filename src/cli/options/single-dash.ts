const HIDDEN = '\0'
/** In place of `--` itself. */
const DASHES = '\0\0'

/**
 * Hides dashes from yargs: an argument `-`, which it takes for an option without a name, and what
 * comes behind `--`, which it takes for no arguments of the command.
 */
export function protectDashes(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const names = end < 0 ? [] : args.slice(end + 1)
  return [
    ...options.map(arg => (arg === '-' ? HIDDEN : arg)),
    ...(names.length > 0 ? [DASHES] : []),
    ...names.map(arg => arg.replace(/^-/, HIDDEN)),
  ]
}

export function restoreDash(arg: string): string {
  return arg.replaceAll(HIDDEN, '-')
}

/** The words, whether before or behind `--`. */
export function restoreDashes(args: readonly string[]): string[] {
  return args.filter(arg => arg !== DASHES).map(restoreDash)
}

/** The words before `--`, and those behind it. */
export function splitAtDashes(args: readonly string[]): { words: string[]; command: string[] } {
  const at = args.indexOf(DASHES)
  const end = at < 0 ? args.length : at
  return {
    words: args.slice(0, end).map(restoreDash),
    command: args.slice(end + 1).map(restoreDash),
  }
}
