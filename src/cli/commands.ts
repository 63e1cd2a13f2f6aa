import type { Command } from './command.js'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  {
    usage: 'convert [input..]',
    summary: 'Convert a trace into one or several formats',
    load: () => import('./commands/convert.js'),
  },
  {
    usage: 'info [input..]',
    summary: 'Tell what is in a trace',
    load: () => import('./commands/info.js'),
  },
  {
    usage: 'report [input..]',
    summary: 'Tell which functions take the time',
    load: () => import('./commands/report.js'),
  },
  {
    usage: 'graph [function] [input..]',
    summary: 'Tell what calls what, and where the time goes',
    load: () => import('./commands/graph.js'),
  },
  {
    usage: 'histogram <function> [input..]',
    summary: 'Tell how the durations of a function are spread',
    load: () => import('./commands/histogram.js'),
  },
  {
    usage: 'slowest [function] [input..]',
    summary: 'Tell which calls were the slowest, and why',
    load: () => import('./commands/slowest.js'),
  },
  {
    usage: 'diff <before> <after>',
    summary: 'Compare two traces, function by function',
    load: () => import('./commands/diff.js'),
  },
  {
    usage: 'assert <words..>',
    summary: 'Check a trace against budgets, such as p99(vfs_read) < 20us',
    load: () => import('./commands/assert.js'),
  },
  {
    usage: 'formats',
    summary: 'List the formats that are written and the dialects that are read',
    load: () => import('./commands/formats.js'),
  },
  {
    usage: 'completion [shell]',
    summary: 'Print what lets a shell complete command lines of fgraph',
    load: async () => (await import('./commands/completion.js')).completionOf(commands),
  },
]
