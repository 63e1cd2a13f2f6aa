import { trackName } from '../names.js'
import {
  type CallNotes,
  type FunctionId,
  type KernelFunction,
  type Nanos,
  type TimelineSink,
  type Track,
  type TrackId,
  UNMEASURED,
  UNNAMED,
} from '../sink.js'
import { ignored } from './ignored.js'

/** A call that is open, and the piece of it that its cpu shows. */
interface OpenCall {
  readonly func: FunctionId
  begin: Nanos
  isCut: boolean
}

/** A task and its open calls; `row` is the cpu that it last ran on. */
interface Task {
  track: Track
  /** The function that represents the task below its calls; undefined until needed. */
  frame: FunctionId | undefined
  row: Row | undefined
  readonly open: OpenCall[]
}

/** One cpu, as a track. */
interface Row {
  readonly id: TrackId
  at: Nanos
  shown: Task | undefined
  /** The function that the task's frame began with: UNNAMED while the task is unknown. */
  frame: FunctionId
  /** Measured nanoseconds of the outermost calls of the task shown. */
  inside: Nanos
}

/**
 * Passes on a timeline by cpus instead of tasks: each track shows what ran on a cpu, the task below
 * its calls. A call is cut where another task takes the cpu; each piece then lasts from where it
 * begins to where it ends, while calls that are not cut keep what was measured. A task's frame has
 * no time of its own. Interrupts that are told apart keep their tracks.
 */
export function byCpu(sink: TimelineSink): TimelineSink {
  const tasks: Task[] = []
  const rows = new Map<number, Row>()
  /** Ids of tracks of interrupts: those of the source to those passed on. */
  const interrupts: (TrackId | undefined)[] = []
  const functions: FunctionId[] = [UNNAMED]
  let functionCount = 0
  let trackCount = 0

  function define(definition: KernelFunction): FunctionId {
    sink.defineFunction(++functionCount, definition)
    return functionCount
  }

  function rowOf(cpu: number): Row {
    const known = rows.get(cpu)
    if (known) return known
    const row = { id: trackCount++, at: 0, shown: undefined, frame: UNNAMED, inside: 0 }
    rows.set(cpu, row)
    sink.defineTrack(row.id, { pid: undefined, comm: '', cpu: cpu < 0 ? undefined : cpu })
    return row
  }

  function reach(row: Row, at: Nanos): Nanos {
    row.at = Math.max(row.at, at)
    return row.at
  }

  function beginPiece(row: Row, call: OpenCall, at: Nanos): void {
    call.begin = reach(row, at)
    sink.begin(row.id, call.func, call.begin)
    // The contract: events after an UNNAMED begin stand at least 1 ns later.
    if (call.func === UNNAMED) row.at++
  }

  function endPiece(
    row: Row,
    task: Task,
    func: FunctionId,
    duration: Nanos,
    notes?: CallNotes,
  ): void {
    sink.end(row.id, func, row.at, duration, notes)
    if (task.open.length === 0 && duration !== UNMEASURED) row.inside += duration
  }

  /** Ends the pieces of the task's calls here: the cpu switches, or the task migrates. */
  function cut(row: Row, at: Nanos): void {
    const task = row.shown
    if (!task) return
    reach(row, at)
    const isIn = task.open.toReversed()
    for (const [index, call] of isIn.entries()) {
      const duration = call.func === UNNAMED ? UNMEASURED : row.at - call.begin
      sink.end(row.id, call.func, row.at, duration)
      if (index === isIn.length - 1 && duration !== UNMEASURED) row.inside += duration
      call.isCut = true
    }
    sink.end(row.id, row.frame || frameOf(task), row.at, row.inside)
    row.shown = undefined
  }

  function frameOf(task: Task): FunctionId {
    task.frame ??= define({ name: trackName(task.track), module: '' })
    return task.frame
  }

  /** Makes the task's cpu show it from here on. */
  function show(id: TrackId, at: Nanos): { task: Task; row: Row } {
    const task = tasks[id]
    task.row ??= rowOf(task.track.cpu ?? -1)
    const { row } = task
    if (row.shown !== task) {
      cut(row, at)
      row.shown = task
      row.inside = 0
      row.frame = task.track.pid === undefined ? UNNAMED : frameOf(task)
      sink.begin(row.id, row.frame, reach(row, at))
      if (row.frame === UNNAMED) row.at++
      for (const call of task.open) beginPiece(row, call, at)
    }
    return { task, row }
  }

  return {
    ...ignored,
    start: facts => sink.start(facts),
    defineFunction(id, definition) {
      functions[id] = define(definition)
    },
    defineTrack(id, track) {
      if (track.isInterrupts) {
        interrupts[id] ??= trackCount++
        sink.defineTrack(interrupts[id], track)
        return
      }
      const task = tasks[id]
      if (!task) tasks[id] = { track, frame: undefined, row: undefined, open: [] }
      else {
        task.track = track
        task.frame = undefined
      }
    },
    defineLane(id, lane) {
      const { owner } = lane
      if (!('track' in owner)) sink.defineLane(id, lane)
      else sink.defineLane(id, { ...lane, owner: { track: show(owner.track, 0).row.id } })
    },
    begin(id, func, at) {
      const own = functions[func]
      if (interrupts[id] !== undefined) {
        sink.begin(interrupts[id], own, at)
        return
      }
      const { task, row } = show(id, at)
      const call = { func: own, begin: at, isCut: false }
      beginPiece(row, call, at)
      task.open.push(call)
    },
    end(id, func, at, duration, notes) {
      const own = functions[func]
      if (interrupts[id] !== undefined) {
        sink.end(interrupts[id], own, at, duration, notes)
        return
      }
      const { task, row } = show(id, at)
      const call = task.open.pop() as OpenCall
      reach(row, at)
      const isWhole = !call.isCut || duration === UNMEASURED
      endPiece(row, task, own, isWhole ? duration : row.at - call.begin, notes)
    },
    migrate(id, cpu, at) {
      const task = tasks[id]
      if (!task) return
      const row = rowOf(cpu)
      if (task.row && task.row !== row && task.row.shown === task) cut(task.row, at)
      task.row = row
    },
    instant(id, at, name, text, frames) {
      const { row } = show(id, at)
      sink.instant(row.id, reach(row, at), name, text, frames)
    },
    beginSection: (lane, at, name) => sink.beginSection(lane, at, name),
    endSection: (lane, at) => sink.endSection(lane, at),
    count(id, at, name, value) {
      const { row } = show(id, at)
      sink.count(row.id, reach(row, at), name, value)
    },
    lost: (cpu, at, events) => sink.lost(cpu, at, events),
    nextCapture(at) {
      for (const row of rows.values()) cut(row, row.at)
      sink.nextCapture?.(at)
    },
    flush: () => sink.flush?.(),
    finish(facts) {
      for (const row of rows.values()) cut(row, row.at)
      sink.finish(facts)
    },
  }
}
