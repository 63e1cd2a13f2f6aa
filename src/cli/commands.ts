import type { Command } from './command.js'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  {
    usage: 'convert [trace..]',
    summary: 'Convert a trace to one or more formats',
    load: () => import('./commands/convert.js'),
  },
  {
    usage: 'record [functions..]',
    summary: 'Record kernel functions, here or on another machine',
    load: () => import('./commands/record.js'),
  },
  {
    usage: 'view [trace..]',
    summary: 'Show a trace in the browser, by fgraph, Perfetto, speedscope or Firefox',
    load: () => import('./commands/view.js'),
  },
  {
    usage: 'info [trace..]',
    summary: 'Show what is in a trace',
    load: () => import('./commands/info.js'),
  },
  {
    usage: 'report [words..]',
    summary: 'Show which functions take the time',
    load: () => import('./commands/report.js'),
  },
  {
    usage: 'top [words..]',
    summary: 'Show each second which functions take the time',
    load: () => import('./commands/top.js'),
  },
  {
    usage: 'graph [words..]',
    summary: 'Show what calls what, and where the time goes',
    load: () => import('./commands/graph.js'),
  },
  {
    usage: 'histogram [words..]',
    summary: 'Show how the durations of a function are distributed',
    load: () => import('./commands/histogram.js'),
  },
  {
    usage: 'slowest [words..]',
    summary: 'Show the slowest calls, and where their time went',
    load: () => import('./commands/slowest.js'),
  },
  {
    usage: 'errors [words..]',
    summary: 'Show where errors were born, and who handed them on',
    load: () => import('./commands/errors.js'),
  },
  {
    usage: 'diff [words..]',
    summary: 'Compare two traces, function by function',
    load: () => import('./commands/diff.js'),
  },
  {
    usage: 'assert [conditions..]',
    summary: 'Check a trace against budgets such as p99(vfs_read) < 20us',
    load: () => import('./commands/assert.js'),
  },
  {
    usage: 'formats',
    summary: 'List the formats that fgraph writes and the dialects that it reads',
    load: () => import('./commands/formats.js'),
  },
  {
    usage: 'completion [shell]',
    summary: 'Print a completion script for bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).completionOf(commands),
  },
  {
    usage: 'man',
    summary: 'Print the manual page',
    load: async () => (await import('./commands/man.js')).manOf(commands),
  },
]
