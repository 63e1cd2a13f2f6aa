/**
 * Graphviz DOT: who calls whom (graphviz.org/doc/info/lang.html).
 *
 * A function is a box with its inclusive and self time, redder for a larger share. An edge has the
 * number of calls, and is thicker for more time. Tooltips have the numbers to the nanosecond.
 *
 * Lost: positions, stacks, tasks, and small functions: the time of layout grows much faster than the
 * graph, so only functions with `minPercent` of the time are drawn, and at most MAX_FUNCTIONS.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { timeUnit } from '../base/time-unit.js'
import { functionName } from '../timeline/names.js'
import type { FunctionId, KernelFunction, Nanos, TimelineSink } from '../timeline/sink.js'
import {
  type CallEdge,
  type CallGraph,
  callGraph,
  type GraphFunction,
  stacksAtEnd,
} from '../timeline/stacks/index.js'
import type { EmitOptions } from './format.js'

/** The least share of the total time, inclusive, of a function that is drawn. */
const MIN_PERCENT = 0.5
/** The least part of that share for an edge. */
const EDGE_PART = 1 / 5
/** The most functions, unless `minPercent` is given. */
const MAX_FUNCTIONS = 80

export interface DotOptions extends EmitOptions {
  /** The least percentage of the total time of a function that is drawn; 0 draws all. */
  readonly minPercent?: number | undefined
}

export function openDot(out: ByteSink, options: DotOptions): TimelineSink {
  return stacksAtEnd({ byTrack: false, byCpu: false }, weights => {
    const writer = new ByteWriter(out)
    writer.text(dotText(callGraph(weights), weights.functions, drawingOf(options)))
    writer.flush()
  })
}

interface Drawing {
  readonly title: string
  /** The least share of the total time for a function and for an edge to be drawn. */
  readonly minShare: number
  readonly minEdgeShare: number
  readonly maxFunctions: number
}

function drawingOf({ title, minPercent }: DotOptions): Drawing {
  const minShare = (minPercent ?? MIN_PERCENT) / 100
  const maxFunctions = minPercent === undefined ? MAX_FUNCTIONS : Number.POSITIVE_INFINITY
  return { title, minShare, minEdgeShare: minShare * EDGE_PART, maxFunctions }
}

function dotText(graph: CallGraph, names: readonly KernelFunction[], drawing: Drawing): string {
  const { title, minEdgeShare } = drawing
  const { nanos: all, calls } = graph.total
  const drawn = largest(graph, drawing)
  const shown = new Set(drawn.map(({ id }) => id))
  const share = (nanos: Nanos) => (all === 0 ? 1 : nanos / all)
  const isDrawn = (caller: FunctionId, { callee, inclusive }: CallEdge) =>
    callee === caller || (shown.has(callee) && share(inclusive.nanos) >= minEdgeShare)
  const edges = drawn.flatMap(({ id, callees }) =>
    [...callees.values()]
      .filter(edge => isDrawn(id, edge))
      .map(edge => edgeText(id, edge, share(edge.inclusive.nanos))),
  )
  const count = drawn.length === graph.functions.size ? '' : `${drawn.length} of `
  const facts = `${timeText(all)} in ${counted(calls, 'call')} of ${count}${counted(graph.functions.size, 'function')}`
  return [
    `digraph ${quoted(title)} {`,
    `graph [label=${quoted(`${title}\n${facts}`)}, labelloc=t, fontname="sans-serif"]`,
    'node [shape=box, style=filled, fontname="monospace", fontsize=10]',
    'edge [fontname="sans-serif", fontsize=9, color="#555555"]',
    ...drawn.map(func => nodeText(func, names[func.id], share)),
    ...edges,
    '}\n',
  ].join('\n')
}

/** The functions that are drawn, the most expensive first. */
function largest({ functions, total }: CallGraph, drawing: Drawing): GraphFunction[] {
  return [...functions.values()]
    .filter(({ inclusive }) => inclusive.nanos >= total.nanos * drawing.minShare)
    .sort((a, b) => b.inclusive.nanos - a.inclusive.nanos)
    .slice(0, drawing.maxFunctions)
}

function nodeText(
  { id, self, inclusive }: GraphFunction,
  definition: KernelFunction,
  share: (nanos: Nanos) => number,
): string {
  const timeAndShare = (nanos: Nanos) => `${timeText(nanos)} (${percent(share(nanos))})`
  const label = [
    functionName(definition).replace(' ', '\n'),
    timeAndShare(inclusive.nanos),
    `self ${timeAndShare(self.nanos)}`,
    counted(self.calls, 'call'),
  ].join('\n')
  const tooltip = `${inclusive.nanos} ns, self ${self.nanos} ns`
  const fill = color(share(inclusive.nanos))
  return `n${id} [label=${quoted(label)}, tooltip="${tooltip}", fillcolor="${fill}"]`
}

function edgeText(
  caller: FunctionId,
  { callee, calls, inclusive }: CallEdge,
  share: number,
): string {
  const width = (0.5 + 4.5 * share).toFixed(2)
  const weight = 1 + Math.round(share * 99)
  const look = `penwidth=${width}, weight=${weight}`
  return `n${caller} -> n${callee} [label="${calls}", tooltip="${inclusive.nanos} ns", ${look}]`
}

/** From pale yellow to red: hue, saturation and value. */
function color(share: number): string {
  return `${(0.15 * (1 - share)).toFixed(3)} ${(0.1 + 0.6 * share).toFixed(3)} 1.000`
}

/** Three digits or more: `980 ns`, `78.5 us`, `1234 s`. */
function timeText(nanos: Nanos): string {
  const [unit, size] = timeUnit(nanos)
  const value = nanos / size
  const digits = size === 1 || value >= 100 ? Math.round(value) : value.toPrecision(3)
  return `${digits} ${unit.replace('µ', 'u')}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Graphviz reads escapes and entities in labels. */
function quoted(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replace(/["\\]/g, '\\$&')
  return `"${safe.replaceAll('\n', '\\n')}"`
}
