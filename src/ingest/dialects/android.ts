import { SPACE, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import type { Dialect, Recognition } from '../dialect.js'
import { type CallReader, EventLinesReader } from '../lines/event-lines.js'
import type { LineReader } from '../lines/line-reader.js'
import type { Tasks } from '../lines/task-cells.js'
import { ENTRY, EXIT, type TraceLine } from '../lines/trace-line.js'
import { scanBuffer } from '../text/scanning.js'
import { recognizeHeaded } from './headed-calls.js'
import { recognizeGraph } from './kernel.js'

/**
 * Calls among the events of another tracer, each behind who, where and when; above all the flat form
 * of Android's kernels 3.10 to 4.9 (option funcgraph-flat, which `atrace -k` sets):
 *
 *     Binder_2-127  ( 127) [001] ....  3431.906759: graph_ent: func=sys_write
 *     Binder_2-127  ( 127) [001] ....  3431.906769: graph_ret: func=sys_write
 *
 * That has neither depths nor durations. Depths are counted, and corrected by the names: what was
 * open before the trace begins then stands at depth 0. Durations are the differences of times.
 */
export const android = {
  name: 'android',
  summary: "the flat form of Android's kernels, and calls among the events of another tracer",
  recording: 'atrace -k vfs_write,vfs_read > trace.txt, on a kernel with funcgraph-flat',
  lookingFor: 'lines such as `bash-1234  [001] ....  140.291308: graph_ent: func=foo`',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    const text = latin1.decode(sample)
    if (flatCall.test(text)) return flatReader(functions, tasks)
    return text.includes(TRACER) ? undefined : recognizeHeaded(sample, functions, tasks)
  },
} as const satisfies Dialect

const COLUMNS = ['TIME', 'CPU', 'TASK/PID']
const TRACER = '# tracer: function_graph'
const ENTERED = 'graph_ent: func='
const RETURNED = 'graph_ret: func='

const latin1 = new TextDecoder('latin1')
const flatCall = /\d\.\d{6}: graph_(?:ent|ret): func=\S/

/** Lines without a head are the kernel's usual ones, for which its header is enough. */
function flatReader(functions: Interner, tasks: Tasks): LineReader | undefined {
  const header = scanBuffer(TRACER.length + 1)
  new TextEncoder().encodeInto(`${TRACER}\n`, header)
  const kernel = recognizeGraph(header, functions, tasks)
  return kernel && new EventLinesReader(COLUMNS, tasks, kernel, new FlatCalls(functions, tasks))
}

class FlatCalls implements CallReader {
  readonly #functions: Interner
  readonly #open: OpenCalls

  constructor(functions: Interner, tasks: Tasks) {
    this.#functions = functions
    this.#open = new OpenCalls(tasks)
  }

  read(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    const isEntry = startsWith(bytes, at, ENTERED)
    const name = at + ENTERED.length
    if (!(isEntry || startsWith(bytes, at, RETURNED)) || name >= end) return false
    line.func = nameAt(bytes, name, end, this.#functions)
    if (isEntry) this.#open.enter(line)
    else this.#open.leave(line)
    line.kind = isEntry ? ENTRY : EXIT
    return true
  }

  lost(cpu: number): void {
    this.#open.lose(cpu)
  }
}

/** `foo`, `foo [module]`, and with the options sym-offset and sym-addr `foo+0x0/0x18 [module] <c0f1>`. */
function nameAt(bytes: Uint8Array, start: number, end: number, functions: Interner): number {
  let p = start
  while (p < end && bytes[p] !== SPACE && bytes[p] !== PLUS) p++
  if (p === end) return functions.intern(bytes, start, end)
  const [, name = '', module = ''] = symbol.exec(latin1.decode(bytes.subarray(start, end))) ?? []
  const plain = new TextEncoder().encode(name + module)
  return functions.intern(plain, 0, plain.length)
}

const PLUS = 0x2b
const symbol = /^([^ +]*)(?:\+0x[\da-f]+\/0x[\da-f]+)?( \[[^\]]+\])?/

/** The open calls of each task: their number is the depth of the next call. */
class OpenCalls {
  readonly #tasks: Tasks
  /** By pid; an idle task is one of its cpu. */
  readonly #byTask = new Map<number, { cpu: number; functions: number[] }>()

  constructor(tasks: Tasks) {
    this.#tasks = tasks
  }

  enter(line: TraceLine): void {
    const functions = this.#of(line)
    line.depth = functions.length
    functions.push(line.func)
  }

  /** Calls whose exits are missing are over as well; an exit without an entry closes nothing. */
  leave(line: TraceLine): void {
    const functions = this.#of(line)
    const level = functions.lastIndexOf(line.func)
    line.depth = level < 0 ? functions.length : level
    if (level >= 0) functions.length = level
  }

  /** The open calls of the tasks seen last on this cpu are unknown. */
  lose(cpu: number): void {
    for (const task of this.#byTask.values()) if (task.cpu === cpu) task.functions.length = 0
  }

  #of({ task, cpu }: TraceLine): number[] {
    const key = this.#tasks.task(task).pid || -1 - cpu
    let found = this.#byTask.get(key)
    if (!found) {
      found = { cpu, functions: [] }
      this.#byTask.set(key, found)
    }
    found.cpu = cpu
    return found.functions
  }
}
