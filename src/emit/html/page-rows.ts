/**
 * The trace as the page takes it: rows of cpus, tracks and counters (browser/page/data.ts). Calls are kept until the end,
 * some three bytes an event.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { StringTable } from '../../base/string-table.js'
import {
  AS_LONG,
  busiestFirst,
  CallLogs,
  type KeptTrack,
  keepTracks,
} from '../../timeline/logs/index.js'
import { trackName } from '../../timeline/names.js'
import type { KernelFunction, Lane, Nanos, TimelineSink } from '../../timeline/sink.js'
import { notesText } from '../browser/page/notes.js'
import type { EmitOptions } from '../format.js'
import { CounterSteps, encodeTrace, GroupEvents, type RowEvents } from './page-data.js'

export interface PageOptions extends EmitOptions {
  /** Where the source of a function is (../source-url.ts); the page has no links without it. */
  readonly sourceUrl?: string | undefined
}

/** Collects the data of a page, and hands them out in pieces at the end: what `decodeTrace` reads. */
export function openPageData(
  take: (pieces: Iterable<Uint8Array>) => void,
  { title, sourceUrl, store = blocksInMemory() }: PageOptions,
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
        sourceUrl,
        facts,
        functions: Array.from(functions, definition => pair(definition)),
        tracks: tracks.map(({ track }) => track),
        texts: texts.texts,
        losses,
      }
      take(encodeTrace(head, rowsInOrder(tracks, rows, lanes), store))
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
 * The rows of cpus first, by their numbers, then the tracks, busiest first, each with its lanes before and its counters
 * behind it. Rows with nothing to show are left out.
 */
function rowsInOrder(
  tracks: readonly KeptTrack[],
  rows: readonly TrackRow[],
  lanes: readonly LaneRow[],
): RowEvents[] {
  const shownLanes = lanes.filter(({ events }) => events.spans.ended > 0)
  const laneRow = ({ lane: { kind, name, owner }, events }: LaneRow) => {
    return { kind, name, owner, events }
  }
  const ofCpus = shownLanes
    .filter(({ lane }) => 'cpu' in lane.owner)
    .sort((one, other) => cpuOf(one) - cpuOf(other))
    .map(laneRow)
  const ofTracks = busiestFirst(tracks, ({ calls }) => calls.busy).flatMap(
    ({ id, track }): RowEvents[] => {
      const { events, counters } = rows[id]
      const name = trackName(track)
      const ownLanes = shownLanes.filter(
        ({ lane: { owner } }) => 'track' in owner && owner.track === id,
      )
      const owner = { track: id }
      const calls = { kind: 'calls' as const, name, owner, events }
      const isShown = events.spans.isNamed || events.instantPositions.length > 0
      return [
        ...ownLanes.map(laneRow),
        ...(isShown ? [calls] : []),
        ...[...counters].map(([counter, steps]) => ({
          kind: 'counter' as const,
          name: counter,
          owner,
          events: steps,
        })),
      ]
    },
  )
  return [...ofCpus, ...ofTracks]
}

/** The cpu that a lane belongs to; -1 of a task's lane. */
function cpuOf({ lane: { owner } }: LaneRow): number {
  return 'cpu' in owner ? owner.cpu : -1
}
