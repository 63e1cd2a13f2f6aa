const HIDDEN = '\0'

/** To yargs a single `-` is an option without a name; hidden, it is an argument like any other. */
export function protectDashes(args: readonly string[]): string[] {
  return args.map(arg => (arg === '-' ? HIDDEN : arg))
}

export function restoreDash(arg: string): string {
  return arg.replaceAll(HIDDEN, '-')
}

export function restoreDashes(args: readonly string[]): string[] {
  return args.map(restoreDash)
}
