import { LF } from '../../base/ascii.js'
import { WIDEST_PREFIX } from '../text/mangled-line.js'
import { isGraphLine } from './trace-form.js'

/**
 * An event of trace-cmd between whose cells anything may have become of the blanks, and whose first
 * columns may be cut off. Cells are the text between the separators.
 */
export interface MangledEvent {
  /** Where `bash-1234` stands; undefined if it does not. */
  readonly task: readonly [number, number] | undefined
  readonly cpu: string | undefined
  /** Seconds, and up to nine digits of their fraction. */
  readonly time: readonly [string, string] | undefined
  readonly name: string
  /** Where what the event says starts. */
  readonly text: number
  /** Of a call: its duration, its indentation, and where it starts. */
  readonly call: MangledCall | undefined
}

export interface MangledCall {
  readonly duration: { readonly mark: string; readonly value: string } | undefined
  readonly indent: number
  readonly body: number
}

// app-4102 [001] d... 2764.516562: funcgraph_entry: 0.052 us | f_a();   57.602990: funcgraph_entry: | f() {
const event = new RegExp(
  [
    /^ *(?:(?<task>\S.{0,40}?-\d{1,7}) +)?(?:\[(?<cpu>\d{3,})\] +)?(?:[.\w]{4,8} +)?/.source,
    /(?:(?<seconds>\d{1,12})\.(?<fraction>\d{3,9}): *)?(?:\S{1,40}: +)?(?<name>\w{1,64}): */.source,
  ].join(''),
  'd',
)
const graphEvent = /^(?:funcgraph_(?:entry|exit)|fgraph_retaddr_entry)$/
// + 12.370 us | foo();
const cells =
  /^(?:(?<mark>[+!#*@$]) *)?(?:(?<value>\d{1,20}(?:\.\d{1,3})?) us *)?\|(?<indent> *)(?=\S)/

/** The cells of an event, undefined if the line is none. */
export function parseMangledEvent(line: string): MangledEvent | undefined {
  const found = event.exec(line)
  if (!found) return undefined
  const { cpu, seconds, fraction, name } = found.groups as Record<string, string>
  const text = found[0].length
  return {
    task: found.indices?.groups?.task,
    cpu,
    time: seconds === undefined ? undefined : [seconds, fraction],
    name,
    text,
    call: graphEvent.test(name) ? parseCall(line, text) : undefined,
  }
}

function parseCall(line: string, start: number): MangledCall | undefined {
  const found = cells.exec(line.slice(start))
  if (!found) return undefined
  const { mark = ' ', value, indent } = found.groups as Record<string, string>
  return {
    duration: value === undefined ? undefined : { mark, value },
    indent: indent.length,
    body: start + found[0].length,
  }
}

/** The columns of such a text, in the words of the kernel's header, and its indentation. */
export interface MangledEvents {
  readonly columns: readonly string[]
  /** How many blanks stand before a call at depth 0; undefined where depths are lost. */
  readonly base: number | undefined
}

/** Fewer calls are taken for examples in other text. */
const LEAST_CALLS = 2

const latin1 = new TextDecoder('latin1')

/** The shape of a text of such events; undefined for any other text. */
export function mangledEvents(sample: Uint8Array): MangledEvents | undefined {
  const counts = { calls: 0, broken: 0, time: 0, cpu: 0, task: 0 }
  const indents: number[] = []
  for (let at = 0; at < sample.length; ) {
    const feed = sample.indexOf(LF, at)
    const line = latin1.decode(sample.subarray(at, Math.min(feed, at + WIDEST_PREFIX))).trimEnd()
    at = feed + 1
    if (!/f\w*graph_\w+:/.test(line)) continue
    const found = parseMangledEvent(line.replaceAll('\t', ' '))
    if (!found?.call || !isGraphLine(line)) {
      counts.broken++
      continue
    }
    const { task, cpu, time, call } = found
    counts.calls++
    counts.task += Number(task !== undefined)
    counts.cpu += Number(cpu !== undefined)
    counts.time += Number(time !== undefined)
    indents.push(call.indent)
  }
  const { calls, broken } = counts
  if (calls < LEAST_CALLS || broken * 2 >= calls) return undefined
  const has = (column: 'time' | 'cpu' | 'task') => counts[column] * 2 > calls
  const columns = [
    has('time') && 'TIME',
    has('cpu') && 'CPU',
    has('task') && 'TASK/PID',
    'DURATION',
  ]
  return { columns: columns.filter(column => column !== false), base: baseOf(indents) }
}

/** Indents that differ by whole levels have survived. */
function baseOf(indents: readonly number[]): number | undefined {
  const least = Math.min(...indents)
  const isEven = indents.every(indent => (indent - least) % 2 === 0)
  if (new Set(indents).size === 1 || !isEven) return undefined
  return least <= 2 ? least : 2
}
