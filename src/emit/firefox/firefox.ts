/**
 * The Firefox Profiler's processed profile, for profiler.firefox.com
 * (github.com/firefox-devtools/profiler, docs-developer/CHANGELOG-formats.md).
 *
 * Written as version 60, the first in which threads share their tables; newer viewers upgrade it. A
 * track is a thread, all of whose time is in samples: positions for the stack chart, and weights, the
 * measured self times, for everything that adds up (`Samples`). Modules are libraries. Instants,
 * sections, counters, lost events and calls without an exit are markers; those of cpus have threads of
 * their own. Times count from the start of the trace, or with `absoluteTime` are the trace's own; the
 * viewer's ruler starts at 0 either way.
 *
 * Lost: the number of calls, notes on calls, which cpu a task ran on. Calls are kept until the end of
 * the trace, some three bytes an event, and then samples, some six each.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { BEGIN, busiestFirst, type CallLog, keepTracks } from '../../timeline/logs/index.js'
import { functionName } from '../../timeline/names.js'
import { NO_TIME, printedTime } from '../../timeline/printed-time.js'
import {
  type FunctionId,
  type LaneKind,
  type Nanos,
  type TimelineSink,
  type Track,
  UNMEASURED,
  UNNAMED,
} from '../../timeline/sink.js'
import { CallTree } from '../../timeline/stacks/index.js'
import { eventCategory } from '../event-category.js'
import type { EmitOptions } from '../format.js'
import type { MarkerCategory } from './categories.js'
import { type Marker, type Thread, writeProfile } from './profile.js'
import { Samples } from './samples.js'

/** The thread of a cpu, for markers that belong to no task. */
interface CpuThread {
  readonly track: Track
  readonly markers: Marker[]
}

interface OpenLane {
  readonly row: string
  readonly category: MarkerCategory
  /** Those of its thread. */
  readonly markers: Marker[]
  readonly open: { readonly name: string; readonly begin: Nanos }[]
}

export function openFirefox(
  out: ByteSink,
  { title, absoluteTime = false, store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  const { functions, tracks, sink } = keepTracks(store)
  /** By track. */
  const markers: Marker[][] = []
  const cpuThreads = new Map<number, CpuThread>()
  const lanes: OpenLane[] = []
  const incomplete: string[] = []
  const incompleteName = (func: FunctionId) => {
    incomplete[func] ??= `incomplete: ${functionName(functions[func])}`
    return incomplete[func]
  }
  const threadOfCpu = (cpu: number) => {
    const thread = cpuThreads.get(cpu) ?? { track: cpuTrack(cpu), markers: [] }
    cpuThreads.set(cpu, thread)
    return thread
  }

  return {
    ...sink,
    // Threads do not show on which cpu their task ran.
    migrate() {},
    defineTrack(id, track) {
      sink.defineTrack(id, track)
      markers[id] ??= []
    },
    instant(id, at, name, text, frames) {
      const data = { ...(text && { text }), ...(frames && { stack: frames }) }
      const category = eventCategory(name)
      markers[id].push({ type: 'Event', name, category, begin: at, data })
    },
    defineLane(id, { owner, kind, name: row }) {
      const own = 'cpu' in owner ? threadOfCpu(owner.cpu).markers : markers[owner.track]
      lanes[id] = { row, category: laneCategories[kind], markers: own, open: [] }
    },
    beginSection(id, at, name) {
      lanes[id].open.push({ name, begin: at })
    },
    endSection(id, at) {
      const { row, category, markers: own, open } = lanes[id]
      const section = open.pop() as OpenLane['open'][number]
      own.push({ type: 'Section', ...section, category, end: at, data: { row } })
    },
    count(id, at, name, value) {
      markers[id].push({ type: 'Counter', name, begin: at, data: { value } })
    },
    lost(cpu, at, events) {
      const data = events > 0 ? { events } : {}
      threadOfCpu(cpu).markers.push({ type: 'Lost', name: 'lost events', begin: at, data })
    },
    finish(facts) {
      const writer = new ByteWriter(out)
      const stacks = new CallTree()
      const root = stacks.addRoot()
      const threads = tracks.map(({ id, track, calls }) => {
        const samples = new Samples(stacks, root, store)
        sample(calls, samples, markers[id], incompleteName)
        return { track, samples, markers: markers[id] }
      })
      const cpus = [...cpuThreads.values()].map(thread => {
        return { ...thread, samples: new Samples(stacks, root, store) }
      })
      const shown = [...inOrder(threads), ...cpus]
      for (const { samples } of shown) samples.finish()
      const origin = absoluteTime ? printedTime(facts.origin) : NO_TIME
      writeProfile(writer, { title, facts, origin, functions, stacks, threads: shown })
      writer.flush()
    },
  }
}

const laneCategories: Readonly<Record<LaneKind, MarkerCategory>> = {
  markers: undefined,
  async: undefined,
  interrupts: 'irq',
  tasks: 'sched',
}

/** Samples a track's calls; calls that never got a name are left out. */
function sample(
  calls: CallLog,
  samples: Samples,
  markers: Marker[],
  incompleteName: (func: FunctionId) => string,
): void {
  for (const events = calls.read(); events.next(); ) {
    const { kind, func, at, begin, duration } = events
    if (func === UNNAMED) continue
    if (kind === BEGIN) {
      samples.begin(func, at)
      continue
    }
    samples.end(at, duration)
    if (duration === UNMEASURED) {
      markers.push({ type: 'Call', name: incompleteName(func), begin, end: at })
    }
  }
}

/** Tracks with nothing to show are left out. */
function inOrder(threads: readonly Thread[]): Thread[] {
  const shown = threads.filter(({ samples, markers }) => samples.length > 0 || markers.length > 0)
  return busiestFirst(shown, ({ samples }) => samples.measured)
}

function cpuTrack(cpu: number): Track {
  return { pid: undefined, comm: '', cpu }
}
