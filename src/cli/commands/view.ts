import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Argv } from 'yargs'
import { UserError } from '../../base/user-error.js'
import type { Format } from '../../emit/format.js'
import { formats } from '../../emit/formats.js'
import { type LoopbackServer, serveOnLoopback } from '../../node/loopback-server.js'
import { convertInputs } from '../convert-inputs.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { openAddress } from '../open-in-browser.js'
import { filterNote, filterOptions, readingOf } from '../options/filter-options.js'
import { inputOption, openInputs, titleOf } from '../options/inputs.js'
import { lastValue } from '../options/last-value.js'
import { outcomeOptions } from '../options/output-options.js'
import { readingOptions } from '../options/reading-options.js'
import { sourceUrlOption } from '../options/writing-options.js'
import { finishing, onTermination } from '../termination.js'
import { startProgress } from '../text/progress.js'
import { type Viewer, type ViewerName, viewerNamed, viewerNames } from '../viewers.js'

export const examples = [
  ['fgraph view trace.txt', 'timeline, flame graph and functions, in the browser'],
  ['fgraph view trace.dat --in perfetto', 'in ui.perfetto.dev'],
  ['ssh host cat trace.gz | fgraph view --task bash', 'one task of a trace elsewhere'],
] as const

export const notes =
  'The trace stays on this machine: pages fetch it from a server that only programs of this machine reach, at an ' +
  `address that cannot be guessed, and that ends when the viewer has it. ${filterNote}`

export function options(yargs: Argv) {
  return yargs
    .positional('trace', inputOption)
    .option('in', {
      choices: viewerNames,
      default: 'page' as ViewerName,
      requiresArg: true,
      coerce: lastValue<ViewerName>,
      describe: 'Show it in this viewer',
    })
    .options(filterOptions)
    .options(readingOptions)
    .option('source-url', sourceUrlOption)
    .option('quiet', outcomeOptions.quiet)
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  const { quiet, 'source-url': sourceUrl } = args
  if (sourceUrl !== undefined && args.in !== 'page') {
    throw new UserError('--source-url is for --in page; leave it out')
  }
  const { options: reading, filters, captures } = readingOf(args)
  const inputs = openInputs(args.trace, captures, quiet, io)
  const title = titleOf(inputs)
  const viewer = viewerNamed(args.in, title)
  const folder = mkdtempSync(join(tmpdir(), 'fgraph-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const path = join(folder, viewer.fileName)
    const format = formats.find(({ name }) => name === viewer.format) as Format
    const progress = startProgress(quiet ? [] : inputs, io.stderr)
    await convertInputs(
      {
        inputs,
        targets: [{ path, format, binary: format.binary, isTemporary: true }],
        title,
        options: { ...reading, sourceUrl, through: filters.isEmpty ? undefined : filters.through },
        filters,
        progress,
        finish: finishing(inputs, () => progress.stop(), io),
        discard: remove,
        strict: false,
        quiet,
        open: false,
      },
      io,
    )
    await serve(viewer, path, remove, io)
    return exitCodes.done
  } finally {
    remove()
  }
}

/** Serves a trace until the viewer has it. */
async function serve(viewer: Viewer, path: string, remove: () => void, io: Io): Promise<void> {
  const termination = onTermination(io, remove)
  const files = new Map([...viewer.files, [viewer.fileName, { path }]])
  const server = await serveOnLoopback(files, viewer.origin)
  try {
    const isShown = server.handedOut(viewer.fileName)
    await openOrSay(viewer.page(server.addressOf), server, io)
    await isShown
    await wait(LAST_BYTES_MS)
  } finally {
    server.close()
    termination.release()
  }
}

/** What has been handed out may still be on its way to the browser. */
const LAST_BYTES_MS = 500

/** Opens the viewer; where there is no browser, says how to reach it from a machine that has one. */
async function openOrSay(address: string, { port }: LoopbackServer, io: Io): Promise<void> {
  const problem = await openAddress(address, io)
  if (problem === undefined) return
  const { SSH_CONNECTION } = io.env
  const host = SSH_CONNECTION?.split(' ')[2]
  const login = `${userInfo().username}@${host ?? 'THIS-MACHINE'}`
  io.stderr.write(
    `fgraph: ${problem}; open ${address}\n` +
      `from another machine, first run there: ssh -L ${port}:127.0.0.1:${port} ${login}\n`,
  )
}
