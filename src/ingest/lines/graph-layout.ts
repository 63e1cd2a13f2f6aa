import { HASH, LF } from '../../base/ascii.js'
import { Interner } from '../../base/interner.js'
import { parseMangledLine, WIDEST_PREFIX } from '../text/mangled-line.js'
import { NO_MATCH, trimmedEnd } from '../text/scanning.js'
import { GraphScanner } from './graph-scanner.js'
import { columnNames, type Layout, layoutOfHeader, layouts } from './layouts.js'
import { isRule } from './other-lines.js'
import { Tasks } from './task-cells.js'
import { emptyLine } from './trace-line.js'

const latin1 = new TextDecoder('latin1')

const defaultLayout = layoutOfHeader('# CPU  DURATION                  FUNCTION CALLS')

/** How many lines of a sample are tried in every layout. */
const TRIED_LINES = 400
/** Without a header, so many lines must be of the call graph: the rest may be stack traces... */
const LEAST_SHARE = 0.25
/** ...but source code has lines of calls, too. */
const LEAST_SHARE_WITHOUT_COLUMNS = 0.9
/** So many lines of another layout in front are a capture by themselves. */
const LEAST_BEFORE = 2

/** The layout that most lines of a sample are in; undefined if they are not of the call graph. */
export function recognizeLayout(sample: Uint8Array): Layout | undefined {
  const { header, graphTracer, lines } = surveyed(sample)
  const tried = header ? [header, ...layouts] : layouts
  const best = bestOf(tried, sample, lines)
  if (graphTracer) return best?.layout ?? header ?? defaultLayout
  if (!best) return undefined
  const hasColumns = columnNames(best.layout).length > 0
  const share = hasColumns ? LEAST_SHARE : LEAST_SHARE_WITHOUT_COLUMNS
  return best.hits >= best.of * share ? best.layout : undefined
}

interface BestLayout {
  readonly layout: Layout
  /** How many lines are in it, and of how many. */
  readonly hits: number
  readonly of: number
}

/** The layout that most of the lines are in; where those before the first of them have another, that. */
function bestOf(
  tried: readonly Layout[],
  sample: Uint8Array,
  lines: readonly number[],
): BestLayout | undefined {
  const scanner = new GraphScanner(layouts[0], new Interner(() => {}), new Tasks())
  const line = emptyLine()
  const isHit = (at: number) => scanner.scan(sample, at, line) !== NO_MATCH
  let best: BestLayout | undefined
  for (const layout of tried) {
    scanner.layout = layout
    const hits = hitsOf(isHit, lines, best?.hits ?? 0)
    if (hits > (best?.hits ?? 0)) best = { layout, hits, of: lines.length }
  }
  if (!best) return undefined
  scanner.layout = best.layout
  const before = lines.slice(0, lines.findIndex(isHit))
  if (before.length < LEAST_BEFORE) return best
  const earlier = bestOf(layouts.filter(isTelling), sample, before)
  return earlier && earlier.hits >= LEAST_BEFORE ? earlier : best
}

/** Whether no other text has such lines: `1) foo();` may be an item of a list. */
function isTelling({ time, task, duration }: Layout): boolean {
  return time !== 'none' || task || duration
}

/** The header of the first capture in a sample, and where its first data lines start. */
function surveyed(sample: Uint8Array) {
  const lines: number[] = []
  let header: Layout | undefined
  let graphTracer = false
  for (let at = 0; at < sample.length && lines.length < TRIED_LINES; ) {
    const feed = sample.indexOf(LF, at)
    if (sample[at] === HASH) {
      const text = latin1.decode(sample.subarray(at, feed))
      if (text.startsWith('# tracer:')) {
        if (lines.some(start => isOfGraph(sample, start))) break
        // Text in front of it was written around the trace.
        lines.length = 0
        graphTracer = text.includes('function_graph')
      }
      header = layoutOfHeader(text) ?? header
    }
    if (trimmedEnd(sample, at, feed) > at && !isRule(sample, at)) lines.push(at)
    at = feed + 1
  }
  return { header, graphTracer: graphTracer || header !== undefined, lines }
}

function isOfGraph(sample: Uint8Array, at: number): boolean {
  const text = latin1.decode(
    sample.subarray(at, Math.min(sample.indexOf(LF, at), at + WIDEST_PREFIX)),
  )
  return parseMangledLine(text.replaceAll('\t', ' ')) !== undefined
}

/** How many of the lines are hits; 0 as soon as it cannot be more than `least`. */
function hitsOf(isHit: (at: number) => boolean, lines: readonly number[], least: number): number {
  let misses = 0
  for (const at of lines) {
    if (!isHit(at)) misses++
    if (misses + least >= lines.length) return 0
  }
  return lines.length - misses
}
