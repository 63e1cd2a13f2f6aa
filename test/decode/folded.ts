export interface FoldedStack {
  /** Names, root first. */
  readonly stack: readonly string[]
  readonly weight: number
}

/** Reads folded stacks as flamegraph.pl does: the weight is what follows the last blank. */
export function decodeFolded(file: Uint8Array): FoldedStack[] {
  const text = new TextDecoder().decode(file)
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end')
  const seen = new Set<string>()
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const [, stack, digits] = /^(.+) (\d+)$/.exec(line) ?? []
      if (stack === undefined) throw new Error(`no folded stack: ${line}`)
      if (seen.has(stack)) throw new Error(`twice: ${stack}`)
      seen.add(stack)
      const weight = Number(digits)
      if (!Number.isSafeInteger(weight) || weight === 0) throw new Error(`weight ${digits}`)
      return { stack: stack.split(';'), weight }
    })
}

export function sumOfFolded(file: Uint8Array): number {
  return decodeFolded(file).reduce((sum, { weight }) => sum + weight, 0)
}

/** Time of each function with what it calls: recursion counts once. */
export function totalsOfFolded(file: Uint8Array): Map<string, number> {
  return inclusive(decodeFolded(file).map(({ stack, weight }) => [stack, weight]))
}

/** Adds up what each stack takes by itself. */
export function inclusive(
  stacks: readonly (readonly [stack: readonly string[], self: number])[],
): Map<string, number> {
  const totals = new Map<string, number>()
  for (const [stack, self] of stacks) {
    if (self === 0) continue
    for (const name of new Set(stack)) totals.set(name, (totals.get(name) ?? 0) + self)
  }
  return totals
}

/** Self time of each function; those without any are not in the file. */
export function selfOfFolded(file: Uint8Array): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { stack, weight } of decodeFolded(file)) {
    const name = stack.at(-1) as string
    totals.set(name, (totals.get(name) ?? 0) + weight)
  }
  return totals
}
