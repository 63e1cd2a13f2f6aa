import { clockTexts } from '../../timeline/names.js'
import type { PrintedTime } from '../../timeline/printed-time.js'
import type { Nanos, TraceFacts } from '../../timeline/sink.js'
import { categories } from './categories.js'

const VERSION = 60
/** The version of Gecko's format at that time. */
const GECKO_VERSION = 32

/** How many threads are visible at first. */
const VISIBLE_THREADS = 20

/** The fields of each type of marker. */
export const markerFields = {
  Event: [
    { key: 'text', label: 'Text', format: 'string' },
    { key: 'stack', label: 'Stack', format: 'list' },
  ],
  Section: [{ key: 'row', label: 'Row', format: 'string' }],
  Counter: [{ key: 'value', label: 'Value', format: 'decimal' }],
  Call: [],
  Lost: [{ key: 'events', label: 'Events', format: 'integer' }],
}

/** Facts about the whole profile for the viewer. */
export function metaOf(
  title: string,
  facts: TraceFacts,
  origin: PrintedTime,
  threads: number,
): object {
  const entries = [
    ['Dialect', facts.dialect],
    ['Columns', facts.columns.join(', ')],
    ['Clock', clockTexts[facts.clock]],
    ['First timestamp', facts.origin],
    ['Lost events', `${facts.lostEvents}`],
  ].map(([label, value]) => ({ label, format: 'string', value }))
  return {
    interval: 0.001,
    startTime: 0,
    // The viewer's ruler is 0 here.
    profilingStartTime: millis(0, origin),
    // The range excludes its end, where the rest of calls without an exit is sampled.
    profilingEndTime: millis(facts.span + 1, origin),
    processType: 0,
    product: title,
    importedFrom: 'fgraph',
    stackwalk: 0,
    version: GECKO_VERSION,
    preprocessedProfileVersion: VERSION,
    symbolicated: true,
    categories,
    markerSchema: Object.entries(markerFields).map(([name, fields]) => markerSchema(name, fields)),
    extra: [{ label: 'Trace', entries }],
    usesOnlyOneStackType: true,
    sourceCodeIsNotOnSearchfox: true,
    keepProfileThreadOrder: true,
    initialVisibleThreads: indices(Math.min(threads, VISIBLE_THREADS)),
    initialSelectedThreads: indices(Math.min(threads, 1)),
  }
}

function markerSchema(name: string, fields: readonly { key: string }[]): object {
  const display = ['marker-chart', 'marker-table', 'timeline-overview']
  const [first] = fields
  return {
    name,
    display,
    chartLabel: '{marker.name}',
    tooltipLabel: '{marker.name}',
    tableLabel: `{marker.name}${first ? ` {marker.data.${first.key}}` : ''}`,
    fields,
    ...(name === 'Counter' && { graphs: [{ key: 'value', type: 'line' }] }),
  }
}

function indices(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function millis(nanos: Nanos, origin: PrintedTime): number {
  return origin.seconds * 1000 + (origin.nanos + nanos) / 1e6
}
