import {
  type LaneKind,
  type Nanos,
  type TimelineSink,
  type TrackId,
  UNNAMED,
} from '../../../timeline/sink.js'
import type { Group, Trace } from './data.js'
import { notesOf } from './notes.js'

/** What a replay tells beside the timeline. */
interface ReplayOptions {
  /** Whether calls end with their notes. */
  readonly notes: boolean
  /** The span of the call that ends. */
  ending?(span: number): void
}

/** Sends what a page holds to a sink, one row after another: all but calls that never got a name. */
export function replay(
  trace: Trace,
  sink: TimelineSink,
  options: ReplayOptions = { notes: true },
): void {
  sink.start(trace.facts)
  trace.functions.forEach((definition, id) => {
    if (id > 0) sink.defineFunction(id, definition)
  })
  trace.tracks.forEach((track, id) => {
    sink.defineTrack(id, track)
  })
  trace.tracks.forEach((_, track) => {
    replayTrack(trace, track, sink, options)
  })
  const lanes = trace.groups.filter(({ kind }) => kind !== 'calls' && kind !== 'counter')
  for (const [lane, group] of lanes.entries()) {
    sink.defineLane(lane, { kind: group.kind as LaneKind, name: group.name, owner: group.owner })
    replaySections(trace, group, lane, sink)
  }
  for (const { cpu, at: position, events } of trace.losses) sink.lost(cpu, position, events)
  sink.finish(trace.facts)
}

/** What happens on a track beside its calls. */
interface Happening {
  readonly at: Nanos
  readonly isMove: boolean
  send(): void
}

/** Calls, moves, events and counters of a track, by their positions. */
function replayTrack(
  trace: Trace,
  track: TrackId,
  sink: TimelineSink,
  { notes, ending }: ReplayOptions,
): void {
  const { begins, ends, durations, names } = trace.spans
  const groups = trace.groups.filter(({ owner }) => 'track' in owner && owner.track === track)
  const happenings = groups
    .flatMap(group => happeningsOf(trace, group, track, sink))
    .sort((a, b) => a.at - b.at || Number(b.isMove) - Number(a.isMove))
  let next = 0
  const passTo = (position: Nanos) => {
    for (; next < happenings.length; next++) {
      const { at, isMove, send } = happenings[next]
      if (at > position || (at === position && !isMove)) return
      send()
    }
  }
  for (const group of groups) {
    if (group.kind !== 'calls') continue
    inOrder(trace, group, {
      begin(span) {
        passTo(begins[span])
        const isLate = trace.lates.has(span)
        sink.begin(track, isLate ? UNNAMED : names[span], begins[span])
      },
      end(span) {
        passTo(ends[span])
        ending?.(span)
        const said = notes ? notesOf(trace, span) : undefined
        sink.end(track, names[span], ends[span], durations[span], said)
      },
    })
  }
  passTo(Number.POSITIVE_INFINITY)
}

function happeningsOf(
  { instants, texts }: Trace,
  { moves, steps, name, instants: own }: Group,
  track: TrackId,
  sink: TimelineSink,
): Happening[] {
  return [
    ...moves.map(({ at, cpu }) => ({
      at,
      isMove: true,
      send: () => sink.migrate(track, cpu, at),
    })),
    ...Array.from(own, instant => {
      const at = instants.begins[instant]
      const stack = texts[instants.stacks[instant]]
      const frames = stack === '' ? [] : stack.split('\n')
      const [event, text] = [texts[instants.names[instant]], texts[instants.texts[instant]]]
      return { at, isMove: false, send: () => sink.instant(track, at, event, text, frames) }
    }),
    ...(steps?.positions ?? []).map((at, step) => ({
      at,
      isMove: false,
      send: () => sink.count(track, at, name, steps?.values[step] as number),
    })),
  ]
}

function replaySections(trace: Trace, group: Group, lane: number, sink: TimelineSink): void {
  const { begins, ends, names } = trace.spans
  inOrder(trace, group, {
    begin: span => sink.beginSection(lane, begins[span], trace.texts[names[span]]),
    end: span => sink.endSection(lane, ends[span]),
  })
}

/** The begins and ends of a row's spans as they nest. */
function inOrder(
  { spans: { depths } }: Trace,
  { first, last }: Group,
  { begin, end }: { begin(span: number): void; end(span: number): void },
): void {
  const path: number[] = []
  const endTo = (depth: number) => {
    while (path.length > depth) end(path.pop() as number)
  }
  for (let span = first; span < last; span++) {
    endTo(depths[span])
    begin(span)
    path.push(span)
  }
  endTo(0)
}
