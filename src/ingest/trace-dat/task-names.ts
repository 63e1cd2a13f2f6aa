import type { Tasks } from '../lines/task-cells.js'
import { ABSENT } from '../lines/trace-line.js'
import type { CpuRecords } from './cpu-records.js'
import type { EventFormat } from './event-format.js'
import type { Part } from './sessions.js'
import type { Values } from './values.js'

/** A kernel has no higher pid (PID_MAX_LIMIT). */
const HIGHEST_PID = 4_194_304
/** Bytes of a task's name (TASK_COMM_LEN less its zero). */
const LONGEST_COMM = 15

/** The tasks of a recording: their names are saved at its end, and events tell when they change. */
export class TaskNames {
  readonly #tasks: Tasks
  readonly #comms: Map<number, Uint8Array>
  readonly #firstPid: number
  readonly #prefix: Uint8Array
  /** By pid, the id of the task by the name that it has now. */
  readonly #ids = new Map<number, number>()

  constructor({ recording, firstPid, prefix }: Part, tasks: Tasks) {
    this.#comms = new Map(recording.comms)
    this.#firstPid = firstPid
    this.#prefix = bytesOf(prefix)
    this.#tasks = tasks
  }

  /** The id of the task with that pid; ABSENT if there can be none. */
  taskOf(pid: number): number {
    const known = this.#ids.get(pid)
    if (known !== undefined) return known
    if (pid < 0 || pid > HIGHEST_PID) return ABSENT
    const id = this.#tasks.idOfCell(pid === 0 ? IDLE : this.#cellOf(pid))
    this.#ids.set(pid, id)
    return id
  }

  #cellOf(pid: number): Uint8Array {
    const comm = this.#comms.get(pid)
    const name = comm ? [...this.#prefix, ...comm] : UNKNOWN
    return Uint8Array.of(...name, ...bytesOf(`-${pid + this.#firstPid}`))
  }

  /** Learns names from an event of the scheduler or of a task. */
  learn(record: CpuRecords, format: EventFormat, values: Values): void {
    const told = named.get(format.name)
    if (!told) return
    const field = (name: string) => format.fields.find(each => each.name === name)
    const [pid, comm] = [field(told.pid), field(told.comm)]
    if (!pid || !comm || !values.has(record, pid) || !values.has(record, comm)) return
    const name = values.text(record, comm)
    this.#setName(values.number(record, pid), told.isPath ? baseName(name) : name)
  }

  #setName(pid: number, name: Uint8Array): void {
    if (pid <= 0 || name.length === 0) return
    const known = this.#comms.get(pid)
    if (known && isEqual(known, name)) return
    this.#comms.set(pid, name.slice())
    this.#ids.delete(pid)
  }
}

/** The fields of an event that tell the name that a task has from then on. */
interface NamingFields {
  readonly pid: string
  readonly comm: string
  readonly isPath?: boolean
}

/** By the name of the event. */
const named: ReadonlyMap<string, NamingFields> = new Map<string, NamingFields>([
  ['sched_switch', { pid: 'next_pid', comm: 'next_comm' }],
  ['sched_process_fork', { pid: 'child_pid', comm: 'child_comm' }],
  ['sched_process_exec', { pid: 'pid', comm: 'filename', isPath: true }],
  ['task_rename', { pid: 'pid', comm: 'newcomm' }],
  ['task_newtask', { pid: 'pid', comm: 'comm' }],
])

const IDLE = bytesOf('<idle>-0')
const UNKNOWN = bytesOf('<...>')
const SLASH = 0x2f

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The name that exec gives a task. */
function baseName(path: Uint8Array): Uint8Array {
  const name = path.subarray(path.lastIndexOf(SLASH) + 1)
  return name.subarray(0, LONGEST_COMM)
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
