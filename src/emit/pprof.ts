/**
 * pprof's profile.proto, gzipped: one sample for each distinct stack of a task on a cpu.
 * https://github.com/google/pprof/blob/main/proto/README.md
 *
 * Values are calls and self time: what a function takes with all that it calls is their cumulative
 * value, which a sample type of its own would count again for each of its callers.
 *
 * Lost: when each call happened, instants, and calls whose exit is not in the trace (what they
 * called is there, below them).
 */
import { gzip } from 'pako'
import schema from '../../proto/profile.proto'
import type { ByteSink } from '../base/byte-writer.js'
import type { NodeId } from '../timeline/call-tree.js'
import { clockTexts, functionName, trackName } from '../timeline/names.js'
import type { KernelFunction, TimelineSink, TraceFacts, Track } from '../timeline/sink.js'
import { type StackGroup, StackWeights } from '../timeline/stack-weights.js'
import type { EmitOptions } from './formats.js'
import { messageType } from './schema.js'

export function openPprof(out: ByteSink, options: EmitOptions): TimelineSink {
  const profile = messageType(schema, 'perftools.profiles.Profile')
  const weights = new StackWeights({ byTrack: true, byCpu: true })
  const finish = (facts: TraceFacts) => {
    const content = profileOf(weights, options.title, facts)
    const bytes = profile.encode(content)
    const { length } = content.sample
    if (length > MOST_SAMPLES || bytes.length > MOST_BYTES) {
      options.warn?.(
        `pprof: Pyroscope takes 16,000 samples and 4 MiB, these are ${length} and ${mebibytes(bytes.length)}; trace fewer functions or less time for it`,
      )
    }
    out(gzip(bytes))
  }
  return Object.assign(weights, { finish })
}

/** What a server of Pyroscope takes at once, by default and without gzip. */
const MOST_SAMPLES = 16_000
const MOST_BYTES = 4 * 1024 * 1024

const KERNEL_TEXT = 0xffffffff81000000

/** Top to bottom a Profile; the string table goes last, because every other line adds to it. */
function profileOf(weights: StackWeights, title: string, facts: TraceFacts) {
  const strings = new StringTable()
  const calls = { type: strings.index('calls'), unit: strings.index('count') }
  const self = { type: strings.index('self'), unit: strings.index('nanoseconds') }
  return {
    sampleType: [calls, self],
    sample: weights.groups.flatMap(group => samples(weights, group, strings)),
    ...symbols(weights.functions, strings),
    durationNanos: facts.span,
    periodType: self,
    period: 1,
    comment: comments(title, facts).map(line => strings.index(line)),
    defaultSampleType: self.type,
    stringTable: strings.texts,
  }
}

function samples(weights: StackWeights, group: StackGroup, strings: StringTable): object[] {
  const { tree } = weights
  const label = labels(weights.tracks[group.track] as Track, group.cpu, strings)
  const found: object[] = []
  tree.walk(group.root, node => {
    const calls = tree.calls(node)
    if (calls === 0) return
    const locationId: number[] = []
    for (let at: NodeId = node; at !== group.root; at = tree.parent(at)) {
      locationId.push(tree.functionOf(at))
    }
    found.push({ locationId, value: [calls, tree.self(node)], label })
  })
  return found
}

/** Numbers have a unit because pprof drops a 0 without one, and there is a cpu 0. */
function labels(track: Track, cpu: number, strings: StringTable): object[] {
  const label: object[] = []
  const number = (key: string, num: number) =>
    label.push({ key: strings.index(key), num, numUnit: strings.index(key) })
  const text = (key: string, str: string) =>
    label.push({ key: strings.index(key), str: strings.index(str) })
  if (cpu >= 0) number('cpu', cpu)
  if (track.pid !== undefined) number('pid', track.pid)
  if (track.comm !== '') text('comm', track.comm)
  text('thread', trackName(track))
  if (track.isInterrupts) text('context', 'interrupt')
  else if (track.pid !== undefined) text('context', track.pid === 0 ? 'idle' : 'task')
  return label
}

/** A location and a function for each kernel function, all with its own id: 1, 2, 3 ... */
function symbols(functions: readonly KernelFunction[], strings: StringTable) {
  const mapping: object[] = [
    {
      id: 1,
      memoryStart: KERNEL_TEXT,
      filename: strings.index('[kernel.kallsyms]'),
      hasFunctions: true,
    },
  ]
  const mappingIds = new Map([['', 1]])
  const location: object[] = []
  const func: object[] = []
  for (let id = 1; id < functions.length; id++) {
    const definition = functions[id] as KernelFunction
    const { name, module } = definition
    let mappingId = mappingIds.get(module)
    if (mappingId === undefined) {
      mappingId = mapping.length + 1
      mappingIds.set(module, mappingId)
      mapping.push({ id: mappingId, filename: strings.index(module), hasFunctions: true })
    }
    location.push({ id, mappingId, line: [{ functionId: id }] })
    const shown = functionName(definition)
    func.push({ id, name: strings.index(shown), systemName: strings.index(name) })
  }
  return { mapping, location, function: func }
}

function comments(title: string, facts: TraceFacts): string[] {
  const lines = [`trace: ${title}`, `dialect: ${facts.dialect}`]
  if (facts.columns.length > 0) lines.push(`columns: ${facts.columns.join(', ')}`)
  lines.push(`clock: ${clockTexts[facts.clock]}`)
  if (facts.origin !== '') lines.push(`origin: ${facts.origin} s`)
  lines.push(`lost events: ${facts.lostEvents}`)
  return lines
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

class StringTable {
  readonly texts = ['']
  readonly #indices = new Map([['', 0]])

  index(text: string): number {
    const known = this.#indices.get(text)
    if (known !== undefined) return known
    const index = this.texts.push(text) - 1
    this.#indices.set(text, index)
    return index
  }
}
