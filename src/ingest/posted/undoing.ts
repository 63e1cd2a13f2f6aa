/** Takes the lines of a text, and tells what they were before somebody changed them. */
export interface LineFilter {
  /** A line without its line feed; a character is a byte. */
  take(line: string): void
  end(): void
}

/** Makes a filter that tells `tell` its lines. */
export type OpenFilter = (tell: (line: string) => void) => LineFilter

/** Something that happens to text on its way through mails, pages and terminals, and how it is undone. */
export interface Undoing {
  /** The change to the text, as in `quoted`. */
  readonly name: string
  /** The filter for a text that starts with these lines; undefined if this has not happened to it. */
  find(lines: readonly string[]): OpenFilter | undefined
}

/** A filter that changes each line by itself. */
export function eachLine(change: (line: string) => string): OpenFilter {
  return tell => ({ take: line => tell(change(line)), end: () => {} })
}

/** The lines that a filter makes of others. */
export function filtered(lines: readonly string[], open: OpenFilter): string[] {
  const told: string[] = []
  const filter = open(line => told.push(line))
  for (const line of lines) filter.take(line)
  filter.end()
  return told
}
