import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Argv } from 'yargs'
import { UserError } from '../../base/user-error.js'
import { convertTo } from '../../convert.js'
import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'
import { gzip } from '../../node/compression.js'
import { openOutputs } from '../../node/output.js'
import { spillingBlocks } from '../../node/spilling-blocks.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { openInBrowser, refuseUnopenable } from '../open-in-browser.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { compressionByName, formatByName, refuseOtherEnding } from '../options/format-by-name.js'
import { inputOption, openInputs } from '../options/inputs.js'
import { jobsOption, readerFor } from '../options/jobs.js'
import { lastValue } from '../options/last-value.js'
import { readingOptions } from '../options/reading-options.js'
import { restoreDashes } from '../options/single-dash.js'
import { formatOptionsOf, refuseUnused, writingOptions } from '../options/writing-options.js'
import { finishing, onTermination } from '../termination.js'
import { filterText, missTexts } from '../text/filter-summary.js'
import { startProgress } from '../text/progress.js'
import { shown } from '../text/shown.js'
import { lossText, printLeftOut, summaryText } from '../text/summary.js'
import { size } from '../text/units.js'

const formatNames = formats.map(format => format.name)

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
    .option('output', {
      alias: 'o',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      defaultDescription: 'standard output',
      coerce: restoreDashes,
      describe: 'Write this file; a name that ends in .gz or .zst is compressed',
    })
    .option('format', {
      alias: 'f',
      choices: formatNames,
      requiresArg: true,
      coerce: lastValue<(typeof formatNames)[number]>,
      describe: 'Write this format (default: by the name of the file, or chrome)',
    })
    .options(filterOptions)
    .options(readingOptions)
    .options(jobsOption)
    .options(writingOptions)
    .option('no-args', {
      type: 'boolean',
      default: false,
      describe: 'Leave out arguments, return values and callers',
    })
    .option('open', {
      type: 'boolean',
      default: false,
      describe: 'Open the written pages and pictures in the browser',
    })
    .option('strict', {
      type: 'boolean',
      default: false,
      describe: 'Exit with 1 if the trace has lost data',
    })
    .option('quiet', {
      type: 'boolean',
      default: false,
      describe: 'Print no summary and no progress',
    })
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  const { 'no-args': noArgs, strict, quiet } = args
  const { options: reading, filters, captures } = readingOf(args)
  const inputs = openInputs(args.trace, captures, quiet, io)
  if (args.output.length === 0 && !args.format && io.stdout.isTTY) {
    throw new UserError('no output: name a file, such as -o trace.html, or pipe the output')
  }
  const targets = (args.output.length > 0 ? args.output : ['-']).map(path => {
    const format = formatOf(path, args.format)
    return { path, format, binary: format.binary, compression: compressionByName(path, format) }
  })
  const chosen = targets.map(({ format }) => format)
  refuseUnused(args, chosen)
  if (args.open) refuseUnopenable(targets)
  let discard = () => {}
  const finish = finishing(inputs, () => progress.stop(), io)
  const termination = onTermination(io, () => discard(), finish)
  const outputs = openOutputs(targets, inputs, io.stdout)
  const store = spillingBlocks()
  const onScreen = io.stdout.isTTY && targets.some(({ path }) => path === '-')
  const progress = startProgress(quiet || onScreen ? [] : inputs, io.stderr)
  discard = () => {
    progress.stop()
    outputs.discard()
  }
  try {
    const destinations = outputs.list.map((output, index) => ({
      ...output,
      format: chosen[index],
    }))
    const title = titleOf(inputs.map(input => input.name))
    const warnings: string[] = []
    const summary = await convertTo(inputs, destinations, {
      title,
      ...formatOptionsOf(args),
      ...reading,
      through: filters.isEmpty ? undefined : filters.through,
      ...readerFor(args.jobs, inputs, chosen),
      notes: !noArgs,
      store,
      gzip,
      warn: message => warnings.push(message),
    })
    await outputs.commit()
    progress.stop()
    if (!quiet) {
      io.stderr.write(writtenText(targets))
      io.stderr.write(summaryText(summary, filterText(filters), io.stderr.columns))
      printLeftOut(summary, io.stderr)
      for (const warning of [...missTexts(filters, summary), ...warnings])
        io.stderr.write(`fgraph: ${warning}\n`)
    }
    if (args.open) await openInBrowser(targets, io)
    const loss = strict ? lossText(summary) : undefined
    if (loss !== undefined) {
      io.stderr.write(`fgraph: --strict: data of the trace was lost: ${loss}\n`)
    }
    return loss === undefined ? exitCodes.done : exitCodes.lossy
  } catch (error) {
    discard()
    throw error
  } finally {
    progress.stop()
    store.close()
    termination.release()
  }
}

/** `wrote a.pftrace (1.2 MB), for https://ui.perfetto.dev` */
function writtenText(
  targets: readonly { readonly path: string; readonly format: Format }[],
): string {
  return targets
    .filter(({ path }) => path !== '-')
    .map(({ path, format }) => `wrote ${shown(path)}${sizeOf(path)}, for ${format.viewer}\n`)
    .join('')
}

function sizeOf(path: string): string {
  const stats = statSync(path)
  return stats.isFile() ? ` (${size(stats.size)})` : ''
}

function formatOf(path: string, name: string | undefined): Format {
  const named = formats.find(format => format.name === (name ?? (path === '-' && 'chrome')))
  if (!named) return formatByName(path)
  if (path !== '-') refuseOtherEnding(path, named)
  return named
}

function titleOf(names: readonly string[]): string {
  const first = basename(names[0])
  return names.length === 1 ? first : `${first} and ${names.length - 1} more`
}
