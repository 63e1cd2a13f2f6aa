/**
 * Folded stacks in the order of time, a line for each interval in which a stack stays as it is: what
 * flamegraph.pl --flamechart draws. Tracks follow one another; the numbers are nanoseconds of the
 * extents of calls. Events are kept until the end, some three bytes each, for names come late.
 *
 * Lost: the time between outermost calls, and the border between two calls of the same function
 * that follow each other at once.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { BEGIN, type CallLog, CallLogs, MIGRATE } from '../../timeline/call-log.js'
import { ignored } from '../../timeline/ignored.js'
import { type KernelFunction, type TimelineSink, type Track, UNNAMED } from '../../timeline/sink.js'
import type { EmitOptions } from '../format.js'
import { rootName } from '../stack-roots.js'
import { functionFrame, rootFrame } from './frame-names.js'

interface TrackCalls {
  track: Track
  readonly calls: CallLog
}

export function openFoldedChart(out: ByteSink, options: EmitOptions): TimelineSink {
  const { root, store = blocksInMemory() } = options
  const functions: KernelFunction[] = [{ name: '', module: '' }]
  const logs = new CallLogs(store)
  const tracks: TrackCalls[] = []
  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      tracks[id] ??= { track, calls: logs.log(id) }
      tracks[id].track = track
    },
    begin(id, func, at) {
      tracks[id].calls.begin(func, at)
    },
    end(id, func, at, duration) {
      tracks[id].calls.end(func, at, duration)
    },
    callEvents: (events, from, to) => logs.callEvents(events, from, to),
    migrate(id, cpu, at) {
      tracks[id].calls.migrate(cpu, at)
    },
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
  /** The last line, as long as it may become longer. */
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
