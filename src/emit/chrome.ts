/**
 * Trace Event JSON, begin and end events in file order
 * (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMh4h6I0nSsKchNAySU, "Trace Event Format").
 * Perfetto, chrome://tracing and the Firefox Profiler read it.
 *
 * The object form has facts about the trace, and lets chrome://tracing nest to the nanosecond. The
 * array form has neither, but most readers take it even if it is cut off.
 *
 * Times are microseconds with three decimals, since the start of the trace, or with `absoluteTime` the
 * trace's own, exact to the nanosecond. The category of a call stands on its begin, its name on both
 * events, because some readers match ends by name only.
 *
 * What the trace notes on a call stands on its end: viewers give a call the arguments of both its
 * events, but some take those of the begin for a part of its name. There it also says if entry or
 * exit are missing (without an exit a call ends where its track was last seen), and the printed duration
 * if the distance between begin and end is another. Lost: which cpu a task ran on.
 */
import type { ByteSink } from '../base/byte-writer.js'
import { clockTexts, functionName, trackName } from '../timeline/names.js'
import {
  INCOMPLETE,
  NO_ENTRY,
  PRINTED_DURATION,
  type Shown,
  shownNotes,
} from '../timeline/notes.js'
import { NO_TIME, printedTime } from '../timeline/printed-time.js'
import type { Lane, Nanos, TimelineSink, TraceFacts, Track } from '../timeline/sink.js'
import { ignored } from '../timeline/sinks/index.js'
import { CallLines } from './call-lines/call-lines.js'
import { eventCategory } from './event-category.js'
import type { EmitOptions } from './format.js'

/** Pids are below 2^22: everything that is not a task gets ids from there. */
const IDLE_PROCESS = 4194304
const FIRST_FREE_ID = IDLE_PROCESS + 1
/** The process of lanes and interrupts of cpus. Lanes are threads with ids far from those of tracks. */
const CPU_PROCESS = 8388608
const FIRST_LANE_ID = CPU_PROCESS + 1

/** Cpus stand above all tasks, idle ones below them. */
const CPUS_FIRST = -1
const IDLE_LAST = 2 ** 30
/** Lanes of a task stand below its calls. */
const CALLS_FIRST = 0
const LANES_LAST = 1

interface ChromeThread {
  readonly pid: number
  readonly tid: number
}

interface ChromeTrack extends ChromeThread {
  /** An instant of the track, up to its time. */
  readonly instant: string
}

interface ChromeLane extends ChromeThread {
  readonly begin: string
  readonly end: string
  /** The names of the open sections. */
  readonly open: string[]
}

interface EventFields {
  readonly name: string
  readonly cat?: string | undefined
  readonly args?: object | undefined
}

export interface ChromeOptions extends EmitOptions {
  /** Whether events stand in an array, which is valid wherever it is cut off. */
  readonly array?: boolean | undefined
}

export function openChrome(
  out: ByteSink,
  { title, array = false, absoluteTime = false }: ChromeOptions,
): TimelineSink {
  const lines = new CallLines(out, notes => argumentsOf(shownNotes(notes)))
  const tracks: ChromeTrack[] = []
  const lanes: ChromeLane[] = []
  let functions = 0
  let origin = NO_TIME
  let isCpuProcessNamed = false
  /** No event has been written yet. */
  let isFirst = true

  const writeMetadata = (name: string, { pid, tid }: ChromeThread, args: object) => {
    lines.text(`${isFirst ? '' : ',\n'}${JSON.stringify({ ph: 'M', name, pid, tid, args })}`)
    isFirst = false
  }
  const writeEvent = (start: string, at: Nanos, fields: EventFields) => {
    lines.text(start)
    lines.time(at)
    lines.text(eventRest(fields))
  }

  const writeProcess = (thread: ChromeThread, name: string, order: number) => {
    writeMetadata('process_name', thread, { name })
    writeMetadata('process_sort_index', thread, { sort_index: order })
  }
  const writeThread = (thread: ChromeThread, name: string, order: number) => {
    writeMetadata('thread_name', thread, { name })
    writeMetadata('thread_sort_index', thread, { sort_index: order })
  }
  const writeCpuProcess = (thread: ChromeThread) => {
    if (!isCpuProcessNamed) writeProcess(thread, 'cpus', CPUS_FIRST)
    isCpuProcessNamed = true
  }

  lines.text(array ? '[' : '{"displayTimeUnit":"ns","traceEvents":[\n')
  return {
    ...ignored,
    start({ origin: firstTime, clock }) {
      if (absoluteTime) origin = printedTime(firstTime)
      lines.setTimes('micros', origin.nanos, origin.seconds * 1000)
      lines.defineArguments({
        opening: ',"args":{',
        noEntry: argumentsOf([[NO_ENTRY, true]]),
        incomplete: argumentsOf([[INCOMPLETE, true]]),
        durationKey: clock === 'order' ? '' : `"${PRINTED_DURATION}":`,
      })
    },
    defineFunction(id, definition) {
      const name = functionName(definition)
      const category = definition.module || 'kernel'
      functions++
      lines.defineFunction(id, {
        begin: eventRest({ name, cat: category }),
        end: eventRest({ name }),
      })
    },
    defineTrack(id, track) {
      const known = tracks[id]
      const chromeTrack = known ?? newTrack(id, track)
      tracks[id] = chromeTrack
      if (!known) {
        const { pid, tid } = chromeTrack
        lines.defineTrack(id, {
          begin: eventStart({ ph: 'B', pid, tid }),
          end: eventStart({ ph: 'E', pid, tid }),
        })
      }
      if (track.isInterrupts) writeCpuProcess(chromeTrack)
      else if (track.pid === 0) writeProcess(chromeTrack, 'idle', IDLE_LAST)
      else writeProcess(chromeTrack, track.comm || trackName(track), id)
      writeThread(chromeTrack, trackName(track), track.cpu ?? CALLS_FIRST)
    },
    begin: (id, func, at) => lines.begin(id, func, at),
    end(id, func, at, duration, notes) {
      if (!notes) return lines.end(id, func, at, duration)
      lines.endWith(notes, id, func, at, duration)
    },
    callEvents: (events, from, to) => lines.callEvents(events, from, to),
    instant(id, at, name, text, frames = []) {
      const stack = frames.length > 0 ? frames.join('\n') : undefined
      const args = text || stack ? { text: text || undefined, stack } : undefined
      writeEvent(tracks[id].instant, at, { name, cat: eventCategory(name), args })
    },
    defineLane(id, lane) {
      const chromeLane = newLane(id, lane, tracks)
      lanes[id] = chromeLane
      const { owner, name } = lane
      if ('cpu' in owner) writeCpuProcess(chromeLane)
      writeThread(chromeLane, name, 'cpu' in owner ? owner.cpu : LANES_LAST)
    },
    beginSection(id, at, name) {
      const lane = lanes[id]
      lane.open.push(name)
      writeEvent(lane.begin, at, { name })
    },
    endSection(id, at) {
      const lane = lanes[id]
      writeEvent(lane.end, at, { name: lane.open.pop() as string })
    },
    count(id, at, name, value) {
      const { pid } = tracks[id]
      writeEvent(eventStart({ ph: 'C', pid }), at, { name, args: { value } })
    },
    lost(cpu, at, events) {
      const start = eventStart({ ph: 'i', s: 'g', pid: IDLE_PROCESS, tid: IDLE_PROCESS }, isFirst)
      isFirst = false
      const args = events > 0 ? { text: `${events} events` } : undefined
      writeEvent(start, at, { name: `lost events of cpu ${cpu}`, args })
    },
    flush: () => lines.flush(),
    finish(facts) {
      const json = JSON.stringify({
        ...knownOf(title, facts),
        times: origin !== NO_TIME ? 'as in the trace' : 'since the start of the trace',
        functions,
        calls: lines.calls,
        incomplete_calls: lines.unmeasured,
      })
      lines.text(array ? '\n]\n' : `\n],\n"otherData":${json},\n"metadata":${json}}\n`)
      lines.flush()
    },
  }
}

/** chrome://tracing shows it as `otherData`, Perfetto as `metadata`. */
function knownOf(title: string, facts: TraceFacts): object {
  return {
    exporter: 'fgraph',
    title,
    dialect: facts.dialect,
    columns: facts.columns.join(', '),
    clock: facts.clock,
    positions: clockTexts[facts.clock],
    origin: facts.origin,
    span_ns: facts.span,
    lost_events: facts.lostEvents,
  }
}

/**
 * A task is a thread of its own process; idle tasks share one, and so do the interrupts of cpus. A
 * cpu whose tasks are not known is a process of its own.
 */
function newTrack(id: number, track: Track): ChromeTrack {
  const tid = track.pid || FIRST_FREE_ID + id
  const shared = track.isInterrupts ? CPU_PROCESS : IDLE_PROCESS
  const pid = track.isInterrupts || track.pid === 0 ? shared : tid
  return {
    pid,
    tid,
    instant: eventStart({ ph: 'i', s: 't', pid, tid }),
  }
}

/** A lane is a thread: of its task's process, or of one process for all cpus. */
function newLane(
  id: number,
  { owner, kind: cat }: Lane,
  tracks: readonly ChromeTrack[],
): ChromeLane {
  const pid = 'track' in owner ? tracks[owner.track].pid : CPU_PROCESS
  const tid = FIRST_LANE_ID + id
  return {
    pid,
    tid,
    begin: eventStart({ ph: 'B', pid, tid, cat }),
    end: eventStart({ ph: 'E', pid, tid, cat }),
    open: [],
  }
}

/** An event up to its time, with the comma that separates it from the one before. */
function eventStart(fields: object, isFirst = false): string {
  return `${isFirst ? '' : ',\n'}${JSON.stringify(fields).slice(0, -1)},"ts":`
}

/** Members of an object, a comma behind each. */
function argumentsOf(entries: readonly (readonly [string, Shown | true])[]): string {
  return entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`).join('')
}

function eventRest(fields: EventFields): string {
  return `,${JSON.stringify(fields).slice(1)}`
}
