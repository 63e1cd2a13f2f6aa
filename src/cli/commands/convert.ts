import type { Argv } from 'yargs'
import { UserError } from '../../base/user-error.js'
import { convertInputs } from '../convert-inputs.js'
import type { Io } from '../io.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { inputOption, openInputs, titleOf } from '../options/inputs.js'
import { jobsOption, readerFor } from '../options/jobs.js'
import { outcomeOptions, outputOptions, targetsOf } from '../options/output-options.js'
import { readingOptions } from '../options/reading-options.js'
import { formatOptionsOf, writingOptions } from '../options/writing-options.js'
import { finishing } from '../termination.js'
import { startProgress } from '../text/progress.js'

export const examples = [
  ['fgraph convert trace.txt -o trace.pftrace', 'for ui.perfetto.dev'],
  ['fgraph convert trace.txt -o t.json -o t.folded', 'two formats in one pass'],
  ['zcat t.gz | fgraph convert -f folded', 'as part of a pipe'],
  ['fgraph convert trace_pipe -o t.folded', 'until Ctrl-C; a second one aborts'],
] as const

export const notes = filterNote

export function options(yargs: Argv) {
  return yargs
    .positional('trace', inputOption)
    .options(outputOptions)
    .options(filterOptions)
    .options(readingOptions)
    .options(jobsOption)
    .options(writingOptions)
    .option('no-args', {
      type: 'boolean',
      default: false,
      describe: 'Leave out arguments, return values and callers',
    })
    .options(outcomeOptions)
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  const { quiet, strict, open } = args
  const { options: reading, filters, captures } = readingOf(args)
  if (args.errors && args['no-args']) {
    throw new UserError('--errors and --no-args cannot be combined; leave out --no-args')
  }
  const inputs = openInputs(args.trace, captures, quiet, io)
  if (args.output.length === 0 && !args.format && io.stdout.isTTY) {
    throw new UserError('no output: name a file, such as -o trace.html, or pipe the output')
  }
  const targets = targetsOf(args.output.length > 0 ? args.output : ['-'], args)
  const onScreen = io.stdout.isTTY && targets.some(({ path }) => path === '-')
  const progress = startProgress(quiet || onScreen ? [] : inputs, io.stderr)
  return convertInputs(
    {
      inputs,
      targets,
      title: titleOf(inputs),
      options: {
        ...formatOptionsOf(args),
        ...reading,
        through: filters.isEmpty ? undefined : filters.through,
        ...readerFor(
          args.jobs,
          inputs,
          targets.map(({ format }) => format),
        ),
        notes: !args['no-args'],
      },
      filters,
      progress,
      finish: finishing(inputs, () => progress.stop(), io),
      strict,
      quiet,
      open,
    },
    io,
  )
}
