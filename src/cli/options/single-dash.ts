const HIDDEN = '\0'

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
    ...names.map(arg => arg.replace(/^-/, HIDDEN)),
  ]
}

export function restoreDash(arg: string): string {
  return arg.replaceAll(HIDDEN, '-')
}

export function restoreDashes(args: readonly string[]): string[] {
  return args.map(restoreDash)
}
