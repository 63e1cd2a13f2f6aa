const HIDDEN = '\0'

/** Hides arguments `-` from yargs, which takes them for options without a name. */
export function protectDashes(args: readonly string[]): string[] {
  return args.map(arg => (arg === '-' ? HIDDEN : arg))
}

export function restoreDash(arg: string): string {
  return arg.replaceAll(HIDDEN, '-')
}

export function restoreDashes(args: readonly string[]): string[] {
  return args.map(restoreDash)
}
