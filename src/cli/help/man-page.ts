import type { DescribedCommand } from '../described-commands.js'
import { EXAMPLES, EXIT_CODES, optionRow } from './help-text.js'

/** The manual page of section 1, in the macros of man(7): what `--help` says of every command. */
export function manPage(commands: readonly DescribedCommand[], version: string): string {
  return [
    `.TH FGRAPH 1 "" "fgraph ${version}"`,
    '.SH NAME',
    'fgraph \\- turn Linux function_graph traces into profiles, and ask questions about them',
    '.SH SYNOPSIS',
    '.B fgraph',
    '.I COMMAND',
    '[OPTION..] [TRACE..]',
    '.SH COMMANDS',
    ...commands.flatMap(commandText),
    '.SH EXAMPLES',
    ...EXAMPLES.flatMap(([command, purpose]) => tagged(command, purpose)),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => tagged(code, meaning)),
    '',
  ].join('\n')
}

function commandText(command: DescribedCommand): string[] {
  const { name, summary, usage, positionals, options, examples, notes } = command
  return [
    `.SS ${escaped(`fgraph ${name} ${usage}`)}`,
    `${escaped(summary)}.`,
    ...positionals.flatMap(each => tagged(each.valueName, each.summary)),
    ...options.map(optionRow).flatMap(([label, text]) => tagged(label.trim(), text)),
    ...(notes === '' ? [] : ['.PP', escaped(notes)]),
    ...examples.flatMap(([line, purpose]) => tagged(line, purpose)),
  ]
}

function tagged(label: string, text: string): string[] {
  return ['.TP', `.B ${escaped(label)}`, escaped(text)]
}

/** Text whose dashes, backslashes and leading dots mean themselves (groff_char(7)). */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
}
