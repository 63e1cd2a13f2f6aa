/// <reference path="../browser/raw.d.ts" />
/**
 * One HTML file that shows a trace by itself, offline: a timeline, a flame graph and a table of
 * functions (browser/page/main.ts). It carries the trace as data (browser/page/data.ts).
 *
 * Calls are kept until the end, some three bytes an event. Lost: nothing that a timeline has.
 */
import { Deflate } from 'pako'
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { StringTable } from '../../base/string-table.js'
import { xmlText } from '../../base/xml.js'
import {
  AS_LONG,
  busiestFirst,
  CallLogs,
  type KeptTrack,
  keepTracks,
} from '../../timeline/logs/index.js'
import { trackName } from '../../timeline/names.js'
import { shownNotes } from '../../timeline/notes.js'
import type { CallNotes, KernelFunction, Lane, Nanos, TimelineSink } from '../../timeline/sink.js'
import style from '../browser/built/page.css.txt?raw'
import script from '../browser/built/page.js.txt?raw'
import type { EmitOptions } from '../format.js'
import { CounterSteps, encodeTrace, GroupEvents, type RowEvents } from './page-data.js'

export function openHtml(
  out: ByteSink,
  { title, store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  const { functions, tracks, sink } = keepTracks(store)
  const sections = new CallLogs(store)
  const rows: TrackRow[] = []
  const lanes: LaneRow[] = []
  const losses: [number, Nanos, number][] = []
  const texts = new StringTable([''])
  return {
    ...sink,
    defineTrack(id, track) {
      sink.defineTrack(id, track)
      rows[id] ??= { events: new GroupEvents(tracks[id].calls), counters: new Map() }
    },
    defineLane(id, lane) {
      lanes[id] = { lane, events: new GroupEvents(sections.log(id)) }
    },
    end(track, func, at, duration, notes) {
      const { spans, notes: noted } = rows[track].events
      if (notes) noted.set(spans.ended, texts.index(notesText(notes)))
      spans.end(func, at, duration)
    },
    instant(track, at, name, text, frames = []) {
      const { events } = rows[track]
      events.instant(at, texts.index(name), texts.index(text), texts.index(frames.join('\n')))
    },
    beginSection(lane, at, name) {
      const { events } = lanes[lane]
      events.spans.begin(texts.index(name), at)
    },
    endSection(lane, at) {
      lanes[lane].events.spans.end(texts.index(''), at, AS_LONG)
    },
    count(track, at, name, value) {
      const { counters } = rows[track]
      const steps = counters.get(name) ?? new CounterSteps()
      counters.set(name, steps)
      steps.positions.push(at)
      steps.values.push(value)
    },
    lost(cpu, at, events) {
      losses.push([cpu, at, events])
    },
    finish(facts) {
      const head = {
        title,
        facts,
        functions: Array.from(functions, definition => pair(definition)),
        texts: texts.texts,
        losses,
      }
      const writer = new ByteWriter(out)
      writeDocument(writer, title, encodeTrace(head, rowsInOrder(tracks, rows, lanes), store))
      writer.flush()
    },
  }
}

interface TrackRow {
  readonly events: GroupEvents
  readonly counters: Map<string, CounterSteps>
}

interface LaneRow {
  readonly lane: Lane
  readonly events: GroupEvents
}

/** There is no function 0. */
function pair(definition: KernelFunction | undefined): [string, string] {
  return definition ? [definition.name, definition.module] : ['', '']
}

/**
 * The rows of cpus first, then the tracks, busiest first, each with its lanes before and its counters
 * behind it. Rows with nothing to show are left out.
 */
function rowsInOrder(
  tracks: readonly KeptTrack[],
  rows: readonly TrackRow[],
  lanes: readonly LaneRow[],
): RowEvents[] {
  const shownLanes = lanes.filter(({ events }) => events.spans.ended > 0)
  const laneRow = ({ lane: { kind, name }, events }: LaneRow) => {
    return { kind, name, cpu: undefined, events }
  }
  const ofCpus = shownLanes.filter(({ lane }) => 'cpu' in lane.owner).map(laneRow)
  const ofTracks = busiestFirst(tracks, ({ calls }) => calls.busy).flatMap(
    ({ id, track }): RowEvents[] => {
      const { events, counters } = rows[id]
      const name = trackName(track)
      const ownLanes = shownLanes.filter(
        ({ lane: { owner } }) => 'track' in owner && owner.track === id,
      )
      const calls = { kind: 'calls' as const, name, cpu: track.cpu, events }
      const isShown = events.spans.isNamed || events.instantPositions.length > 0
      return [
        ...ownLanes.map(laneRow),
        ...(isShown ? [calls] : []),
        ...[...counters].map(([counter, steps]) => ({
          kind: 'counter' as const,
          name: counter,
          cpu: undefined,
          events: steps,
        })),
      ]
    },
  )
  return [...ofCpus, ...ofTracks]
}

function notesText(notes: CallNotes): string {
  return shownNotes(notes)
    .map(([key, value]) => `${key}\t${value}`)
    .join('\n')
}

/** The page may run its own script, and fetch nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

function writeDocument(writer: ByteWriter, title: string, data: Iterable<Uint8Array>): void {
  writer.text(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="fgraph">
<title>${xmlText(title)}</title>
<style>
${style.trim()}
</style>
</head>
<body>
<noscript>This page shows a trace with the script in it: please allow scripts.</noscript>
<script type="application/octet-stream" id="trace">
`)
  writeBase64(writer, data)
  writer.text(`</script>
<script>
${script.trim()}
</script>
</body>
</html>
`)
}

/** Gzipped, in lines. */
function writeBase64(writer: ByteWriter, pieces: Iterable<Uint8Array>): void {
  const gzip = new Deflate({ gzip: true })
  const rest = new Uint8Array(LINE)
  let length = 0
  const writeLine = (bytes: Uint8Array) => {
    writer.text(`${btoa(String.fromCharCode(...bytes))}\n`)
  }
  gzip.onData = chunk => {
    let at = 0
    while (at < chunk.length) {
      const taken = chunk.subarray(at, at + LINE - length)
      rest.set(taken, length)
      at += taken.length
      length += taken.length
      if (length < LINE) return
      writeLine(rest)
      length = 0
    }
  }
  for (const piece of pieces) gzip.push(piece, false)
  gzip.push(new Uint8Array(0), true)
  writeLine(rest.subarray(0, length))
}

/** Bytes to a line of base64: a multiple of three, so that lines can be joined. */
const LINE = 3 * 1024
