/**
 * Callgrind's profile format 1: who calls whom, with inclusive costs, for KCachegrind, QCachegrind
 * and callgrind_annotate (valgrind.org/docs/manual/cl-format.html).
 *
 * Events are nanoseconds of self time and the number of calls. Modules are objects. Tasks call the
 * outermost functions. Both readers take the sum of what callers pay for a function's inclusive cost,
 * so `callGraph` makes these sums exact, with recursion too.
 *
 * Lost: positions, stacks (only pairs of caller and callee are kept), source files and lines, which
 * a trace does not have, and calls without an exit: what they called is there, below them.
 */
import { type ByteSink, ByteWriter } from '../base/byte-writer.js'
import { clockTexts, trackName } from '../timeline/names.js'
import type { TimelineSink, TraceFacts } from '../timeline/sink.js'
import {
  type Caller,
  type Cost,
  callGraph,
  type GraphFunction,
  type StackWeights,
  stacksAtEnd,
} from '../timeline/stacks/index.js'
import type { EmitOptions } from './format.js'

export function openCallgrind(out: ByteSink, { title }: EmitOptions): TimelineSink {
  return stacksAtEnd({ byTrack: true, byCpu: false }, (weights, facts) => {
    const writer = new ByteWriter(out)
    writeProfile(writer, weights, title, facts)
    writer.flush()
  })
}

/** The object of outermost callers: tasks, or cpus where no task is known. */
const TASKS = 'tasks'
const KERNEL = 'kernel'

function writeProfile(
  writer: ByteWriter,
  weights: StackWeights,
  title: string,
  facts: TraceFacts,
): void {
  const graph = callGraph(weights)
  const names = new Names(weights)
  writer.text('# callgrind format\nversion: 1\ncreator: fgraph\n')
  writer.text(`cmd: ${oneLine(title)}\n`)
  writer.text(`desc: Clock: ${clockTexts[facts.clock]}\n`)
  writer.text(`desc: Lost events: ${facts.lostEvents}\n`)
  writer.text('positions: line\n')
  writer.text('event: Ns : nanoseconds\nevent: Calls : calls of functions\nevents: Ns Calls\n')
  writer.text(`summary: ${costText(graph.total)}\n\nfl=(1) ??\n`)
  for (const [track, task] of graph.roots) {
    if (task.inclusive.calls === 0) continue
    writer.text(`\n${names.object('ob', TASKS)}${names.task(track)}`)
    writeCalls(writer, task, TASKS, names)
  }
  for (const func of graph.functions.values()) writeFunction(writer, func, names)
  writer.text(`\ntotals: ${costText(graph.total)}\n`)
}

function writeFunction(writer: ByteWriter, func: GraphFunction, names: Names): void {
  const object = names.objectOf(func.id)
  writer.text(`\n${names.object('ob', object)}${names.func('fn', func.id)}`)
  if (func.self.calls > 0) writer.text(`0 ${costText(func.self)}\n`)
  writeCalls(writer, func, object, names)
}

/** Without lines of their own, a callee's object and file are its caller's. */
function writeCalls(writer: ByteWriter, { callees }: Caller, object: string, names: Names): void {
  for (const { callee, calls, inclusive } of callees.values()) {
    const calleeObject = names.objectOf(callee)
    if (calleeObject !== object) writer.text(names.object('cob', calleeObject))
    writer.text(names.func('cfn', callee))
    // Calls without an exit are not counted, but callgrind_annotate takes the cost of 0 calls for self.
    writer.text(`calls=${Math.max(calls, 1)} 0\n0 ${costText(inclusive)}\n`)
  }
}

function costText({ nanos, calls }: Cost): string {
  return `${nanos} ${calls}`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** Compressed names: the first line has the name and a number, later ones only the number. */
class Names {
  readonly #weights: StackWeights
  readonly #objects = new Map<string, number>()
  readonly #functions = new Set<number>()
  readonly #tasks = new Map<string, number>()

  constructor(weights: StackWeights) {
    this.#weights = weights
  }

  objectOf(func: number): string {
    return this.#weights.functions[func]?.module || KERNEL
  }

  object(key: 'ob' | 'cob', name: string): string {
    const known = this.#objects.get(name)
    if (known !== undefined) return `${key}=(${known})\n`
    this.#objects.set(name, this.#objects.size + 1)
    return `${key}=(${this.#objects.size}) ${name}\n`
  }

  func(key: 'fn' | 'cfn', func: number): string {
    if (this.#functions.has(func)) return `${key}=(${func})\n`
    this.#functions.add(func)
    return `${key}=(${func}) ${this.#weights.functions[func]?.name}\n`
  }

  /** Tasks are numbered behind the functions. Tasks with the same name are added up. */
  task(track: number): string {
    const { functions, tracks } = this.#weights
    const name = oneLine(trackName(tracks[track]))
    const known = this.#tasks.get(name)
    if (known !== undefined) return `fn=(${known})\n`
    const number = functions.length + track
    this.#tasks.set(name, number)
    return `fn=(${number}) ${name}\n`
  }
}
