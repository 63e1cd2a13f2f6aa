import { existsSync } from 'node:fs'
import type { Argv } from 'yargs'
import { UserError } from '../../base/user-error.js'
import type { Format } from '../../emit/format.js'
import type { TraceSummary } from '../../ingest/trace-summary.js'
import { uncompressedName } from '../../node/compression.js'
import { recorderProgram } from '../../record/recorder-program.js'
import { convertInputs } from '../convert-inputs.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { kernelText } from '../kernel-text.js'
import { formatByName, hasKnownEnding } from '../options/format-by-name.js'
import { outcomeOptions, outputOptions, targetsOf } from '../options/output-options.js'
import { recordingNote, recordingOf, recordingOptions } from '../options/recording-options.js'
import { splitAtDashes } from '../options/single-dash.js'
import { formatOptionsOf, inGroup, writingOptions } from '../options/writing-options.js'
import { openRecorder } from '../recorder.js'
import { LOSS_ADVICE, nothingText, titleOf } from '../text/recorder-text.js'

export const examples = [
  ['fgraph record vfs_write -- dd if=/dev/zero of=x count=9', 'a page of what a command calls'],
  ['fgraph record --for 5s -o t.pftrace --via "ssh root@host"', 'all of another machine'],
  ['fgraph record tcp_sendmsg --print > record.sh', 'for a machine out of reach'],
] as const

export const notes =
  `${recordingNote} A file name that ends in .txt gets the text of the kernel, for fgraph convert, report and the rest. ` +
  'Ctrl-C ends the recording; a second Ctrl-C discards it.'

export const tail = '[-- COMMAND..]'

export function options(yargs: Argv) {
  return yargs
    .positional('functions', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'the whole kernel',
      coerce: splitAtDashes,
      describe: 'Functions to trace, with what they call; behind --, a command to trace',
    })
    .options({
      ...outputOptions,
      output: {
        ...outputOptions.output,
        defaultDescription: 'fgraph-DATE.html',
        describe: 'Write this file; a name that ends in .txt gets the text of the kernel',
      },
    })
    .options(recordingOptions)
    .option('stream', {
      type: 'boolean',
      default: false,
      describe: 'Read the trace while it is recorded; the reading is in it, too',
    })
    .option('print', {
      type: 'boolean',
      default: false,
      describe: 'Print the shell program that records, instead of running it',
    })
    .options(inGroup('Formats:', writingOptions))
    .options(outcomeOptions)
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  const { quiet, strict, open } = args
  const { words, command } = args.functions
  const settings = recordingOf(args, words, command, args.stream)
  if (args.print) {
    io.stdout.write(recorderProgram(settings, false))
    return exitCodes.done
  }
  const isNewFile = args.output.length === 0 && args.format === undefined
  const [path, ...more] = isNewFile ? [newFileName()] : args.output
  const targets = targetsOf([path ?? '-', ...more], args, formatOf)
  const recorder = openRecorder(settings, args.via ?? '', io)
  const code = await convertInputs(
    {
      inputs: [recorder],
      targets,
      title: titleOf(settings),
      options: formatOptionsOf(args),
      progress: { stop() {} },
      finish() {
        io.stderr.write('fgraph: the recording ends; a second Ctrl-C discards it\n')
        recorder.stop()
      },
      check(summary) {
        if (isEmpty(summary)) throw new UserError(nothingText(settings))
        return summary.lostEvents > 0 ? [LOSS_ADVICE] : []
      },
      strict,
      quiet,
      open,
    },
    io,
  )
  if (isNewFile && !open && !quiet) {
    io.stderr.write(`next: open ${path} in a browser; --open does that\n`)
  }
  return code
}

function isEmpty({ calls }: TraceSummary): boolean {
  return calls.complete + calls.incomplete + calls.orphan === 0
}

/** `.txt` is the text of the kernel, unless it is an ending of a format. */
function formatOf(path: string): Format {
  const isText = uncompressedName(path.toLowerCase()).endsWith('.txt')
  return isText && !hasKnownEnding(path) ? kernelText : formatByName(path)
}

/** `fgraph-2026-11-27-080312.html`, or another one if that exists. */
function newFileName(): string {
  const now = new Date()
  const [date, time] = [now.toLocaleDateString('sv'), now.toLocaleTimeString('sv')]
  const name = `fgraph-${date}-${time.replaceAll(':', '')}`
  for (let number = 1; ; number++) {
    const path = `${name}${number === 1 ? '' : `-${number}`}.html`
    if (!existsSync(path)) return path
  }
}
