/**
 * Folded stacks in the order of time, a line for each interval in which a stack stays as it is: what
 * flamegraph.pl --flamechart draws. Tracks follow one another; the numbers are nanoseconds of the
 * extents of calls. Events are kept until the end, some three bytes each, for names come late.
 *
 * Lost: the time between outermost calls, and the border between two calls of the same function
 * that follow each other at once.
 */
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { BEGIN, type CallLog, keepTracks, MIGRATE } from '../../timeline/logs/index.js'
import { type TimelineSink, UNNAMED } from '../../timeline/sink.js'
import { rootName } from '../stack-roots.js'
import { functionFrame, rootFrame } from './frame-names.js'
import type { FoldedOptions } from './options.js'

export function openFoldedChart(out: ByteSink, options: FoldedOptions): TimelineSink {
  const { root = 'none', store } = options
  const { functions, tracks, sink } = keepTracks(store)
  return {
    ...sink,
    finish() {
      const writer = new ByteWriter(out)
      const names = functions.map(definition => functionFrame(definition, options))
      for (const { track, calls } of tracks) {
        const rootOf = (cpu: number) => rootFrame(rootName(root, track, cpu))
        writeTrack(writer, calls, names, track.cpu ?? -1, rootOf)
      }
      writer.flush()
    },
  }
}

function writeTrack(
  writer: ByteWriter,
  calls: CallLog,
  names: readonly string[],
  cpu: number,
  rootOf: (cpu: number) => string,
): void {
  let root = rootOf(cpu)
  const stack: string[] = []
  /** The last line, kept while its stack goes on. */
  let line = ''
  let nanos = 0
  const flush = () => {
    if (nanos > 0) writer.text(`${line} ${nanos}\n`)
    nanos = 0
  }
  let from = 0
  const events = calls.read()
  while (events.next()) {
    const { kind, at, func } = events
    if (stack.length > 0 && at > from) {
      const stacked = [root, ...stack].filter(name => name !== '').join(';')
      if (stacked !== line) flush()
      line = stacked
      nanos += at - from
    }
    from = at
    if (kind === MIGRATE) root = rootOf(events.cpu)
    else if (func !== UNNAMED) {
      if (kind === BEGIN) stack.push(names[func])
      else stack.pop()
    }
  }
  flush()
}
