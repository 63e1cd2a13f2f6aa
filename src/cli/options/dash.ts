const HIDDEN = '\0'

/** To yargs a single `-` is an option without a name; hidden, it is an argument like any other. */
export function hideDashes(args: readonly string[]): string[] {
  return args.map(arg => (arg === '-' ? HIDDEN : arg))
}

export function showDash(arg: string): string {
  return arg.replaceAll(HIDDEN, '-')
}

export function showDashes(args: readonly string[]): string[] {
  return args.map(showDash)
}
