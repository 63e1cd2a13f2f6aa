/** The outputs of a run. */
import { renameSync, rmSync } from 'node:fs'
import type { ByteSink } from '../base/byte-writer.js'
import { type OpenOutput, openTarget } from './open-target.js'
import {
  type Identified,
  type OutputTarget,
  type ResolvedTarget,
  refuseDuplicates,
  resolveTarget,
  type StandardOutput,
  writeError,
} from './output-target.js'

export type { Identified, OutputTarget, StandardOutput }

/** An open output. */
export interface Output {
  readonly write: ByteSink
  /** Undefined if it can take more now; otherwise resolves when it can. */
  ready(): Promise<void> | undefined
}

/** The outputs of one run. They all appear under their names, or none does. */
export interface Outputs {
  /** In the order of the targets. */
  readonly list: readonly Output[]
  /** Flushes everything to disk and gives the files their names. */
  commit(): Promise<void>
  /** Removes everything. Synchronous, so that a signal handler may call it. */
  discard(): void
}

/** Thrown if none of the outputs has a reader any more, as after `| head`: the run ends quietly. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
  readonly code = 'EPIPE'
}

/**
 * Opens all targets, or throws a `UserError` and leaves no file behind. `stdout` is that of the
 * process by default.
 */
export function openOutputs(
  targets: readonly OutputTarget[],
  inputs: readonly Identified[],
  stdout: StandardOutput = process.stdout,
): Outputs {
  const resolved = targets.map(target => resolveTarget(target, inputs, stdout))
  refuseDuplicates(resolved)
  const open: OpenOutput[] = []
  const discard = () => {
    for (const { stream, temporary } of open) {
      stream.destroy()
      if (temporary !== undefined) rmSync(temporary, { force: true })
    }
  }
  const refuseClosed = () => {
    if (open.every(({ stream }) => stream.closed)) throw new ClosedPipe('nobody reads the output')
  }
  try {
    for (const target of resolved) open.push(openTarget(target, stdout))
  } catch (error) {
    discard()
    throw error
  }
  return {
    list: open.map(({ stream }) => ({
      write: stream.write,
      ready: () => (stream.closed ? attempt(refuseClosed) : stream.ready()),
    })),
    async commit() {
      await Promise.all(open.map(({ stream }) => stream.end()))
      for (const { target, temporary } of open) {
        if (temporary !== undefined) renameOver(temporary, target)
      }
      refuseClosed()
    },
    discard,
  }
}

async function attempt(check: () => void): Promise<void> {
  check()
}

function renameOver(temporary: string, target: ResolvedTarget): void {
  try {
    renameSync(temporary, target.path)
  } catch (error) {
    throw writeError(target.name, error)
  }
}
