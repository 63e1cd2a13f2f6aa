import { isSoftirqTask } from '../../timeline/interrupt-functions.js'
import { cellNames } from '../../timeline/names.js'
import type { TimelineSink, TrackId } from '../../timeline/sink.js'
import type { EngineModule } from '../engine.js'
import type { Task, Tasks } from '../lines/task-cells.js'
import { ABSENT, type TraceLine } from '../lines/trace-line.js'
import type { OpenTrack } from './doubts.js'

/** A track, and whose it is. */
interface OwnedTrack {
  readonly id: TrackId
  /** Undefined as long as nothing has named the task that the cpu runs. */
  pid: number | undefined
  comm: string
  /** Of a cpu's interrupts, where these are shown apart. */
  readonly isInterrupts: boolean
}

/**
 * Knows whose stack a line belongs to. With a task column every line says so. Without one, switch
 * blocks do; what a cpu prints before its first switch block belongs to the task on the left of
 * that block, whose name is learned late. Without either, the cpu is the track.
 *
 * The engine asks where it has not been told, and remembers the answer.
 */
export class Tracks {
  readonly #sink: TimelineSink
  readonly #tasks: Tasks
  readonly #engine: EngineModule
  readonly #tracks: OwnedTrack[] = []
  readonly #byPid = new Map<number, OwnedTrack>()
  /** By pid, names that were told whole. */
  readonly #names = new Map<number, string>()
  /** By cpu, its track in a trace without a task column, and its idle task. */
  readonly #running = new Map<number, OwnedTrack>()
  readonly #idle = new Map<number, OwnedTrack>()
  /** By cpu, the id of the task that the last switch block has announced, until there is a line of it. */
  readonly #next = new Map<number, number>()
  #hasCpu = true

  /** `sink` hears of tracks; earlier events on them must have been sent. */
  constructor(sink: TimelineSink, tasks: Tasks, engine: EngineModule) {
    this.#sink = sink
    this.#tasks = tasks
    this.#engine = engine
  }

  get count(): number {
    return this.#tracks.length
  }

  /** The cpus that lines were seen of, in order. */
  cpuNumbers(): number[] {
    const count = this.#engine.cpuCount()
    return Array.from({ length: count }, (_, index) => this.#engine.cpuNumber(index))
      .filter(cpu => cpu !== ABSENT)
      .sort((a, b) => a - b)
  }

  /** The tasks that the trace names, in the order of their first line. */
  tasks(): Task[] {
    const tasks = new Map<number, Task>()
    for (const { pid, comm } of this.#tracks) {
      if (pid !== undefined) tasks.set(pid, { pid, comm: pid === 0 ? '<idle>' : comm })
    }
    return [...tasks.values()]
  }

  /** A capture begins: who runs where is unknown again, but for those that were found out. */
  startCapture(
    hasCpu: boolean,
    firstTasks: ReadonlyMap<number, Task>,
    names: ReadonlyMap<number, string>,
  ): void {
    this.#hasCpu = hasCpu
    for (const [pid, comm] of names) this.#names.set(pid, comm)
    this.#running.clear()
    this.#next.clear()
    for (const [cpu, task] of firstTasks) {
      this.#engine.seeCpu(cpu)
      if (hasCpu) this.#setRunning(cpu, this.#trackFor(task, cpu))
    }
  }

  /** The track of a task id, or of what the cpu runs if that is ABSENT. */
  find(id: number, cpu: number): TrackId {
    if (id !== ABSENT) return this.#trackOfTask(id, cpu).id
    const running = this.#takeNext(cpu) ?? this.#running.get(cpu) ?? this.#add(undefined, '', cpu)
    this.#setRunning(cpu, running)
    return running.id
  }

  /** Follows a switch block. */
  switchTask(line: TraceLine): void {
    this.#engine.seeCpu(line.cpu)
    const cpu = this.#hasCpu ? line.cpu : ABSENT
    const running = this.#running.get(cpu)
    if (running && running.pid === undefined) {
      this.#nameLate(running, this.#tasks.task(line.from), cpu)
    }
    this.#running.delete(cpu)
    this.#engine.forgetRunning(cpu)
    this.#next.set(cpu, line.to)
  }

  /** The track of the task that a switch block has announced. */
  #takeNext(cpu: number): OwnedTrack | undefined {
    const next = this.#next.get(cpu)
    this.#next.delete(cpu)
    return next === undefined ? undefined : this.#trackOfTask(next, cpu)
  }

  /** An event tells the whole name that a task has from here on. */
  learnName({ pid, comm }: Task): void {
    if (pid === 0 || comm === '') return
    this.#names.set(pid, comm)
    const known = this.#byPid.get(pid)
    if (known && known.comm !== comm) this.#rename(known, comm, ABSENT)
  }

  /** The open calls on the tracks of tasks that a cpu may run. */
  openFor(cpu: number): OpenTrack[] {
    const engine = this.#engine
    const isNamed = this.#next.has(cpu) || this.#running.get(cpu)?.pid !== undefined
    return this.#tracks
      .filter(({ isInterrupts, pid }) => !isInterrupts && !(isNamed && pid !== undefined))
      .map(({ id }) => ({
        track: id,
        cpu: engine.cpuOfTrack(id),
        calls: Array.from({ length: engine.openCalls(id) }, (_, index) => ({
          depth: engine.openDepth(id, index),
          func: engine.openFunction(id, index),
        })),
      }))
  }

  /** A track goes on on another cpu: it is that of the task that runs there, if it has no other name. */
  move(id: TrackId, cpu: number): void {
    const track = this.#tracks[id]
    const next = this.#next.get(cpu)
    this.#next.delete(cpu)
    if (next !== undefined) this.#nameLate(track, this.#tasks.task(next), cpu)
    for (const [other, running] of this.#running) {
      if (running !== track) continue
      this.#running.delete(other)
      this.#engine.forgetRunning(other)
    }
    this.#setRunning(cpu, track)
  }

  /** Adds the track of a cpu's interrupts. */
  addInterrupts(cpu: number): TrackId {
    const id = this.#engine.addStack(false, true, false)
    this.#tracks.push({ id, pid: undefined, comm: '', isInterrupts: true })
    const number = cpu === ABSENT ? undefined : cpu
    this.#sink.defineTrack(id, { pid: undefined, comm: '', cpu: number, isInterrupts: true })
    return id
  }

  #nameLate(track: OwnedTrack, task: Task, cpu: number): void {
    track.pid = task.pid
    track.comm = this.#wholeName(task)
    this.#define(track, cpu)
    if (task.pid === 0) {
      if (!this.#idle.has(cpu)) this.#setIdle(cpu, track)
      return
    }
    // A task that has run elsewhere before has a stack there. It goes on here if calls are open.
    if (this.#engine.hasOpenCalls(track.id) || !this.#byPid.has(task.pid)) {
      this.#byPid.set(task.pid, track)
      this.#engine.forgetTaskTracks()
    }
  }

  #trackOfTask(id: number, cpu: number): OwnedTrack {
    const task = this.#tasks.task(id)
    const track = this.#trackFor(task, cpu)
    if (task.pid === 0) this.#engine.setIdleTask(id)
    else this.#engine.setTaskTrack(id, track.id)
    return track
  }

  #trackFor(task: Task, cpu: number): OwnedTrack {
    if (task.pid === 0) {
      const idle = this.#idle.get(cpu) ?? this.#add(0, '', cpu)
      this.#setIdle(cpu, idle)
      return idle
    }
    const known = this.#byPid.get(task.pid)
    if (!known) {
      const track = this.#add(task.pid, this.#wholeName(task), cpu)
      this.#byPid.set(task.pid, track)
      return track
    }
    if (!isCellOf(task.comm, known.comm)) {
      this.#rename(known, this.#wholeName(task), cpu)
    }
    return known
  }

  /** The name of a task, of which its cell may have the begin only. */
  #wholeName({ pid, comm }: Task): string {
    const told = this.#names.get(pid)
    return told !== undefined && isCellOf(comm, told) ? told : comm
  }

  #rename(track: OwnedTrack, comm: string, cpu: number): void {
    track.comm = comm
    this.#define(track, cpu)
  }

  #setRunning(cpu: number, track: OwnedTrack): void {
    this.#running.set(cpu, track)
    this.#engine.setRunning(cpu, track.id)
  }

  #setIdle(cpu: number, track: OwnedTrack): void {
    this.#idle.set(cpu, track)
    this.#engine.setIdle(cpu, track.id)
  }

  #add(pid: number | undefined, comm: string, cpu: number): OwnedTrack {
    const id = this.#engine.addStack(false, false, false)
    const track = { id, pid, comm, isInterrupts: false }
    this.#tracks.push(track)
    this.#define(track, cpu)
    return track
  }

  #define({ id, pid, comm }: OwnedTrack, cpu: number): void {
    this.#engine.setTask(id, !!pid, isSoftirqTask(comm))
    this.#sink.defineTrack(id, {
      pid,
      comm: pid === 0 ? idleName(cpu) : comm,
      cpu: cpu === ABSENT || pid ? undefined : cpu,
    })
  }
}

/** Whether a task's cell may stand for a whole name; it does not know each name. */
function isCellOf(comm: string, whole: string): boolean {
  return comm === '' || comm === whole || cellNames(whole).includes(comm)
}

/** The idle task of each cpu is called swapper. */
function idleName(cpu: number): string {
  return cpu === ABSENT ? 'swapper' : `swapper/${cpu}`
}
