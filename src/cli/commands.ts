import type { Argv } from 'yargs'

/** One command, as the command line knows it before it is asked for. */
export interface Command {
  /** With its positional arguments. */
  readonly usage: string
  readonly summary: string
  /** Commands are loaded when they are asked for: node starts faster so. */
  load(): Promise<CommandModule>
}

interface CommandModule {
  options(yargs: Argv): Argv
  /** Returns the exit code. */
  run(args: never): Promise<number>
}

/** In the order in which the help lists them. */
export const commands: readonly Command[] = [
  {
    usage: 'convert [input..]',
    summary: 'Convert a trace into one or several formats',
    load: () => import('./convert.js'),
  },
  {
    usage: 'info [input]',
    summary: 'Tell what is in a trace',
    load: () => import('./info.js'),
  },
  {
    usage: 'report [input..]',
    summary: 'Tell which functions take the time',
    load: () => import('./report.js'),
  },
  {
    usage: 'graph [function] [input..]',
    summary: 'Tell what calls what, and where the time goes',
    load: () => import('./graph.js'),
  },
  {
    usage: 'histogram <function> [input..]',
    summary: 'Tell how the durations of a function are spread',
    load: () => import('./histogram.js'),
  },
  {
    usage: 'slowest [function] [input..]',
    summary: 'Tell which calls were the slowest, and why',
    load: () => import('./slowest.js'),
  },
  {
    usage: 'diff <before> <after>',
    summary: 'Compare two traces, function by function',
    load: () => import('./diff.js'),
  },
  {
    usage: 'assert <words..>',
    summary: 'Check a trace against budgets, such as p99(vfs_read) < 20us',
    load: () => import('./assert.js'),
  },
  {
    usage: 'formats',
    summary: 'List the formats that are written and the dialects that are read',
    load: () => import('./formats.js'),
  },
  {
    usage: 'completion [shell]',
    summary: 'Print what lets a shell complete command lines of fgraph',
    load: () => import('./completion.js'),
  },
]
