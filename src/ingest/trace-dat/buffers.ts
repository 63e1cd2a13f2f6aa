import { UserError } from '../../base/user-error.js'
import type { RecordingFacts } from '../trace-summary.js'
import { overrunsOf } from './options.js'
import { type Damage, PageBlocks } from './page-blocks.js'
import type { Buffer, Recording } from './recording.js'

/** A trace.dat in the list of what can be read; it is known by its first bytes. */
export const traceDat = {
  name: 'trace.dat',
  summary: 'the file that trace-cmd record writes, version 6 or 7, exact to the nanosecond',
  recording: 'trace-cmd record -p function_graph ./program',
} as const

/** The buffers to read: the top one, that of an instance, or all. Throws a UserError if there is none. */
export function chosenBuffers({ buffers }: Recording, name: string | undefined): readonly Buffer[] {
  if (name === ALL) return buffers
  const chosen = buffers.filter(buffer => buffer.name === (name ?? ''))
  if (chosen.length > 0) return chosen
  if (name === undefined) return buffers.slice(0, 1)
  const names = buffers.map(buffer => buffer.name).filter(each => each !== '')
  const others = names.length > 0 ? `it has ${names.join(', ')}` : 'it has the top buffer only'
  throw new UserError(`the recording has no buffer '${name}'; ${others}, and 'all' is all of them`)
}

const ALL = 'all'

/** The text of a buffer that a latency tracer left. */
export function* textOf(
  recording: Recording,
  { text, ...buffer }: Buffer,
  damage: Damage,
): Generator<Uint8Array> {
  const lines = { ...buffer, text, pageSize: 1 }
  const blocks = new PageBlocks(recording, lines, { cpu: 0, ...text }, damage)
  for (let block = blocks.next(); block; block = blocks.next()) yield block
}

export function recordingFacts(recording: Recording, read: readonly Buffer[]): RecordingFacts {
  const { version, compression, options, buffers } = recording
  return {
    version,
    compression,
    kernel: options.uname,
    // 3.1.6 (not-a-git-repo)
    traceCmd: options.version.split(' ')[0] ?? '',
    clock: options.clock || (buffers[0]?.clock ?? ''),
    buffers: buffers.map(buffer => ({
      name: buffer.name,
      cpus: buffer.cpus.filter(({ size }) => size > 0).map(({ cpu }) => cpu),
      isRead: read.includes(buffer),
    })),
    overruns: options.cpuStats
      .flatMap(stats => overrunsOf(stats) ?? [])
      .filter(({ events }) => events > 0),
  }
}
