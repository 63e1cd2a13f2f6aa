import { statSync } from 'node:fs'
import type { ByteSink } from '../base/byte-writer.js'
import { type ConvertOptions, convertTo, type Source } from '../convert.js'
import type { TraceFilters } from '../filter/trace-filters.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import { gzip } from '../node/compression.js'
import { type Identified, openOutputs } from '../node/output.js'
import { spillingBlocks } from '../node/spilling-blocks.js'
import { exitCodes } from './exit-codes.js'
import type { Io } from './io.js'
import { kernelText } from './kernel-text.js'
import { openInBrowser, type WrittenFile } from './open-in-browser.js'
import { onTermination } from './termination.js'
import { filterText, missTexts } from './text/filter-summary.js'
import type { Progress } from './text/progress.js'
import { shown } from './text/shown.js'
import { lossText, printLeftOut, summaryText } from './text/summary.js'
import { size } from './text/units.js'

/** An output: where it goes, and in which format. */
export interface Target extends WrittenFile {
  readonly binary: boolean
  /** Not to be told: the user gets it in another way. */
  readonly isTemporary?: boolean
}

/** One run of a command that writes formats. */
export interface Conversion {
  readonly inputs: readonly (Source & Identified)[]
  readonly targets: readonly Target[]
  /** The name of the trace in the outputs. */
  readonly title: string
  readonly options: Omit<ConvertOptions, 'title' | 'store' | 'gzip' | 'warn'>
  /** Those that `options` reads through. */
  readonly filters?: TraceFilters
  readonly progress: Progress
  /** Ends inputs that do not end by themselves: the outputs get what has come. */
  readonly finish?: (() => void) | undefined
  /** Called before the outputs appear; they do not if it throws. Returns warnings. */
  check?(summary: TraceSummary): readonly string[]
  /** Called when the outputs are given up. */
  discard?(): void
  /** Whether lost data is a failure. */
  readonly strict: boolean
  /** Print no summary. */
  readonly quiet: boolean
  /** Show what a browser can. */
  readonly open: boolean
}

/** Writes inputs to targets, and tells about it on stderr. Returns the exit code. */
export async function convertInputs(conversion: Conversion, io: Io): Promise<number> {
  const { inputs, targets, title, filters, progress, quiet } = conversion
  const chosen = targets.map(({ format }) => format)
  let discard = () => {}
  const termination = onTermination(io, () => discard(), conversion.finish)
  const store = spillingBlocks()
  try {
    const outputs = openOutputs(targets, inputs, io.stdout)
    discard = () => {
      progress.stop()
      outputs.discard()
      conversion.discard?.()
    }
    const destinations = outputs.list.map((output, index) => ({
      ...output,
      format: chosen[index],
    }))
    const copies = destinations.filter(({ format }) => format === kernelText)
    const warnings: string[] = []
    const sources = copies.length > 0 ? inputs.map(input => copied(input, copies)) : inputs
    const summary = await convertTo(sources, destinations, {
      title,
      ...conversion.options,
      store,
      gzip,
      warn: message => warnings.push(message),
    })
    warnings.push(...(conversion.check?.(summary) ?? []))
    await outputs.commit()
    progress.stop()
    if (!quiet) {
      io.stderr.write(writtenText(targets))
      io.stderr.write(summaryText(summary, filters && filterText(filters), io.stderr.columns))
      printLeftOut(summary, io.stderr)
      for (const warning of [...(filters ? missTexts(filters, summary) : []), ...warnings])
        io.stderr.write(`fgraph: ${warning}\n`)
    }
    if (conversion.open) await openInBrowser(targets, io)
    const loss = conversion.strict ? lossText(summary) : undefined
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

/** A source whose bytes are also written as they are. */
function copied(source: Source, copies: readonly { readonly write: ByteSink }[]): Source {
  return { name: source.name, chunks: chunks() }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.chunks) {
      for (const { write } of copies) write(chunk)
      yield chunk
    }
  }
}

/** `wrote a.pftrace (1.2 MB), for https://ui.perfetto.dev` */
function writtenText(targets: readonly Target[]): string {
  return targets
    .filter(({ path, isTemporary }) => path !== '-' && !isTemporary)
    .map(({ path, format }) => `wrote ${shown(path)}${sizeOf(path)}, for ${format.viewer}\n`)
    .join('')
}

function sizeOf(path: string): string {
  const stats = statSync(path)
  return stats.isFile() ? ` (${size(stats.size)})` : ''
}
