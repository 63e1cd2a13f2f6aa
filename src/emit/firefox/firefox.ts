/**
 * The Firefox Profiler's processed profile, for profiler.firefox.com
 * (github.com/firefox-devtools/profiler, docs-developer/CHANGELOG-formats.md).
 *
 * Written as version 60, the first in which threads share their tables: newer viewers bring it up
 * to their own. A track is a thread, all of whose time is in samples, with positions for the stack
 * chart and weights for everything that adds up: these are the measured self times (`Samples`).
 * Modules are libraries. Instants, sections, counters, lost events and calls without an exit are
 * markers; those of cpus have threads of their own. Times count from the start of the trace, or are if asked
 * for the trace's own; the viewer's ruler starts at 0 either way.
 *
 * Lost: the number of calls, notes on calls, which cpu a task ran on. Calls are kept until the end of
 * the trace, some three bytes an event, and then samples, some six each.
 */
import { blocksInMemory } from '../../base/block-store.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { BEGIN, type CallLog, CallLogs } from '../../timeline/call-log.js'
import { CallTree } from '../../timeline/call-tree.js'
import { ignored } from '../../timeline/ignored.js'
import { functionName } from '../../timeline/names.js'
import { NO_TIME, printedTime } from '../../timeline/printed-time.js'
import {
  type FunctionId,
  type KernelFunction,
  type LaneKind,
  type Nanos,
  type TimelineSink,
  type Track,
  UNMEASURED,
  UNNAMED,
} from '../../timeline/sink.js'
import type { EmitOptions } from '../format.js'
import { eventCategory } from '../event-category.js'
import { type Marker, type MarkerCategory, writeProfile } from './profile.js'
import { Samples } from './samples.js'

interface OpenThread {
  track: Track
  /** Of a cpu beside its tasks there are none. */
  readonly calls: CallLog | undefined
  readonly markers: Marker[]
}

interface SampledThread extends OpenThread {
  readonly samples: Samples
}

interface OpenLane {
  readonly row: string
  readonly category: MarkerCategory
  readonly thread: OpenThread
  readonly open: { readonly name: string; readonly begin: Nanos }[]
}

export function openFirefox(
  out: ByteSink,
  { title, absoluteTime = false, store = blocksInMemory() }: EmitOptions,
): TimelineSink {
  const functions: KernelFunction[] = []
  const logs = new CallLogs(store)
  /** By track. */
  const threads: OpenThread[] = []
  const cpuThreads = new Map<number, OpenThread>()
  const lanes: OpenLane[] = []
  const incomplete: string[] = []
  const incompleteName = (func: FunctionId) => {
    incomplete[func] ??= `incomplete: ${functionName(functions[func])}`
    return incomplete[func]
  }
  const threadOfCpu = (cpu: number) => {
    const thread = cpuThreads.get(cpu) ?? {
      track: { pid: undefined, comm: '', cpu },
      calls: undefined,
      markers: [],
    }
    cpuThreads.set(cpu, thread)
    return thread
  }

  return {
    ...ignored,
    defineFunction(id, definition) {
      functions[id] = definition
    },
    defineTrack(id, track) {
      const thread = threads[id] ?? { track, calls: logs.log(id), markers: [] }
      thread.track = track
      threads[id] = thread
    },
    begin: (id, func, at) => logs.log(id).begin(func, at),
    end: (id, func, at, duration) => logs.log(id).end(func, at, duration),
    callEvents: (events, from, to) => logs.callEvents(events, from, to),
    instant(id, at, name, text, frames) {
      const data = { ...(text && { text }), ...(frames && { stack: frames }) }
      const category = eventCategory(name)
      threads[id]?.markers.push({ type: 'Event', name, category, begin: at, data })
    },
    defineLane(id, { owner, kind, name: row }) {
      const thread = 'cpu' in owner ? threadOfCpu(owner.cpu) : threads[owner.track]
      lanes[id] = { row, category: laneCategories[kind], thread, open: [] }
    },
    beginSection(id, at, name) {
      lanes[id]?.open.push({ name, begin: at })
    },
    endSection(id, at) {
      const { row, category, thread, open } = lanes[id]
      const section = open.pop() as OpenLane['open'][number]
      thread.markers.push({ type: 'Section', ...section, category, end: at, data: { row } })
    },
    count(id, at, name, value) {
      threads[id]?.markers.push({ type: 'Counter', name, begin: at, data: { value } })
    },
    lost(cpu, at, events) {
      const data = events > 0 ? { events } : {}
      threadOfCpu(cpu).markers.push({ type: 'Lost', name: 'lost events', begin: at, data })
    },
    finish(facts) {
      const writer = new ByteWriter(out)
      const stacks = new CallTree()
      const root = stacks.addRoot()
      const sampled = (thread: OpenThread) => {
        const samples = new Samples(stacks, root, store)
        if (thread.calls) sample(thread.calls, samples, thread.markers, incompleteName)
        return { ...thread, samples }
      }
      const shown = [...inOrder(threads.map(sampled)), ...[...cpuThreads.values()].map(sampled)]
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

/** What was never named was no call. */
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

/** The busiest task first; idle tasks after all others; tracks without anything not at all. */
function inOrder(threads: readonly SampledThread[]): SampledThread[] {
  const isIdle = ({ track }: SampledThread) => Number(track.pid === 0)
  return threads
    .filter(({ samples, markers }) => samples.length > 0 || markers.length > 0)
    .sort((a, b) => isIdle(a) - isIdle(b) || b.samples.measured - a.samples.measured)
}
