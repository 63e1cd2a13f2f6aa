import type { DescribedCommand, DescribedOption } from '../described-commands.js'
import { wrapped } from '../text/table.js'

/** Of wider terminals only so much is used: long lines are hard to read. */
const WIDEST = 110
/** Where there is no terminal. */
const USUAL_WIDTH = 80
/** Longer labels have a line of their own. */
const LONGEST_LABEL = 30
const LONGEST_EXAMPLE = 50

/** The help of fgraph itself: `commands` with their summaries. */
export function mainHelp(
  commands: readonly { readonly usage: string; readonly summary: string }[],
  columns: number | undefined,
): string {
  const width = widthOf(columns)
  return joined([
    wrapped(
      'fgraph records Linux function_graph traces, turns them into profiles, and answers questions about them.',
      width,
    ),
    ['Usage: fgraph COMMAND [OPTION..] [TRACE..]', '       fgraph TRACE'],
    section(
      'Commands',
      commands.map(({ usage, summary }) => [nameIn(usage), summary]),
      width,
    ),
    section('Examples', EXAMPLES, width, LONGEST_EXAMPLE),
    section('Exit codes', EXIT_CODES, width),
    ['fgraph COMMAND --help tells more about a command.'],
  ])
}

export const EXAMPLES = [
  ['fgraph convert trace.txt -o trace.html', 'one page with everything, for any browser'],
  ['fgraph convert trace.txt -o trace.pftrace', 'for ui.perfetto.dev'],
  ['fgraph report trace.txt', 'which functions take the time'],
] as const

export const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'a budget was missed, or with --strict data was lost'],
  ['2', 'wrong use or a bad input; stderr says what to do'],
] as const

/** The help of a command; `isShort` leaves out the options that many commands share. */
export function commandHelp(
  { name, summary, usage, positionals, options, examples, notes }: DescribedCommand,
  columns: number | undefined,
  isShort: boolean,
): string {
  const width = widthOf(columns)
  const groups = [...new Set(options.map(({ group }) => group))].sort()
  const shown = isShort ? groups.filter(group => group === '') : groups
  const left = groups.filter(group => !shown.includes(group))
  return joined([
    [summary],
    [`Usage: fgraph ${name} ${usage}`],
    section(
      'Arguments',
      positionals.map(each => [each.valueName, each.summary]),
      width,
    ),
    ...shown.map(group =>
      section(
        group || 'Options',
        options.filter(option => option.group === group).map(optionRow),
        width,
      ),
    ),
    section('Examples', examples, width, LONGEST_EXAMPLE),
    isShort || notes === '' ? [] : wrapped(notes, width),
    left.length > 0 ? [`--help also shows: ${left.join(', ').toLowerCase()}.`] : [],
  ])
}

/** `-F, --filter FUNCTION`, and what it is. */
export function optionRow(option: DescribedOption): readonly [string, string] {
  const { names, summary, value, valueName, usual, isRepeated } = option
  const short = names.some(each => !each.startsWith('--')) ? '' : '    '
  const label = `${short}${names.join(', ')}${valueName && ` ${valueName}`}`
  const choices = typeof value !== 'string' && !isOpen(valueName) ? value.join(', ') : ''
  const facts = [
    choices,
    usual !== '' && !summary.includes('(default') ? `default: ${usual}` : '',
    isRepeated ? 'repeatable' : '',
  ].filter(Boolean)
  return [label, facts.length > 0 ? `${summary} (${facts.join('; ')})` : summary]
}

/** Whether the words that complete a value are not all it may be. */
function isOpen(valueName: string): boolean {
  return valueName !== 'WHAT'
}

function nameIn(usage: string): string {
  return usage.split(' ', 1)[0]
}

function widthOf(columns: number | undefined): number {
  return Math.min(columns || USUAL_WIDTH, WIDEST)
}

function section(
  title: string,
  rows: readonly (readonly [label: string, text: string])[],
  width: number,
  longest = LONGEST_LABEL,
): string[] {
  if (rows.length === 0) return []
  const widest = Math.max(0, ...rows.map(([label]) => label.length).filter(each => each <= longest))
  const isStacked = rows.every(([label]) => label.length > longest) || widest + 24 > width
  const indent = isStacked ? 6 : widest + 4
  const lines = rows.flatMap(([label, text]) => {
    const texts = wrapped(text, width - indent).map(line => ' '.repeat(indent) + line)
    if (isStacked || label.length > longest) return [`  ${label}`, ...texts]
    const [first, ...others] = texts
    return [`  ${label.padEnd(widest)}  ${first.trimStart()}`, ...others]
  })
  return [`${title}:`, ...lines]
}

function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.map(line => `${line.trimEnd()}\n`).join(''))
    .join('\n')
}
