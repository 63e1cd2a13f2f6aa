import { type FunctionPattern, functionPattern, namePattern } from '../timeline/function-pattern.js'
import { trackName } from '../timeline/names.js'
import type { KernelFunction, Nanos, TimelineSink, Track } from '../timeline/sink.js'
import type { CallSink, Removal } from './call-sink.js'
import { type Context, inContext } from './contexts.js'
import { hidingFunctions, onCpus } from './hiding.js'
import { namedCalls } from './named-calls.js'
import { upToDepth, within, without } from './nesting.js'
import { atLeast, onTheWayTo } from './paths.js'
import { Place, type TraceSource } from './place.js'
import { type Left, remainder } from './remainder.js'
import { ofTasks } from './tasks.js'
import type { TimeRange } from './time-range.js'
import { withinRange } from './within-range.js'

/** What of a trace is to be left; of several values of one filter any will do. */
export interface FilterOptions {
  /** Only the calls of these functions, with all that they call. */
  readonly filter?: readonly string[] | undefined
  /** Without the calls of these, and without what they call: its time is its caller's own. */
  readonly notrace?: readonly string[] | undefined
  /** Only the calls of these, and those on the way to them: all other time is their own. */
  readonly caller?: readonly string[] | undefined
  /** Without the calls of these themselves: what they call is called by their callers. */
  readonly hide?: readonly string[] | undefined
  /** So many levels of what the other filters leave: time further below is the own one of the last. */
  readonly depth?: number | undefined
  /** Calls that take so long: the time of shorter ones is their caller's own. */
  readonly minDuration?: Nanos | undefined
  /** A part of the time; calls that its edges cut are incomplete. */
  readonly range?: TimeRange | undefined
  /** Calls that begin on these cpus. */
  readonly cpus?: readonly number[] | undefined
  /** By pid, or by name: `170`, `bash`, `kworker*`. */
  readonly tasks?: readonly string[] | undefined
  /** Only calls of functions of these modules; the kernel itself is `kernel`. */
  readonly modules?: readonly string[] | undefined
  /** Needs a reader with `interrupts: 'apart'`. */
  readonly context?: Context | undefined
}

/**
 * The filters of one trace, which stand between its reader and what takes the timeline:
 *
 *     const filters = new TraceFilters({ filter: ['tcp_*'], depth: 3 })
 *     const reader = new TraceReader(sink, { through: filters.through })
 *
 * They apply in this order: task, range, context, filter, notrace, caller, min-duration, hide,
 * module, cpu, depth. Nothing stands there for what is not asked.
 */
export class TraceFilters {
  readonly #options: FilterOptions
  readonly #place = new Place()
  readonly #removals: Removal[] = []
  readonly #patterns: Pattern[] = []
  readonly #left: Left = { calls: 0, functions: [] }

  constructor(options: FilterOptions = {}) {
    this.#options = options
  }

  /** Nothing is asked for. */
  get isEmpty(): boolean {
    return Object.values(this.#options).every(
      option => option === undefined || (Array.isArray(option) && option.length === 0),
    )
  }

  /** What each filter has removed, in the order in which they apply; empty without filters. */
  get removals(): readonly Readonly<Removal>[] {
    return this.#removals
  }

  /** The calls that are left, as long as there are filters. */
  get left(): number {
    return this.#left.calls
  }

  /** Every function that the trace names, as long as there are filters. */
  get functions(): readonly KernelFunction[] {
    return this.#left.functions
  }

  /** What was given and fits nothing in the trace. */
  get misses(): readonly Miss[] {
    return this.#patterns.filter(({ isHit }) => !isHit)
  }

  /** The line of what is being told; the end of a leaf may be told with the line after it. */
  get line(): number {
    return this.#place.line
  }

  /** Puts the filters before a sink, for what is told of this source. To be called once. */
  readonly through = (sink: TimelineSink, source: TraceSource): TimelineSink => {
    this.#place.source = source
    const stages = this.#stages()
    if (stages.length === 0) return sink
    return stages.reduceRight((next, open) => open(next), remainder(sink, this.#left))
  }

  #stages(): Stage[] {
    const place = this.#place
    const { filter, notrace, depth, minDuration, range } = this.#options
    const { cpus, tasks, modules, context } = this.#options
    const stages: Stage[] = []
    const add = (text: string, open: (sink: CallSink, removal: Removal) => CallSink) => {
      const removal = { filter: text, calls: 0 }
      this.#removals.push(removal)
      stages.push(sink => open(sink, removal))
    }
    const ofFunctions = (option: FunctionOption, open: Opening) => {
      const texts = this.#options[option]
      if (!texts?.length) return
      const isMeant = this.#anyOf(option, texts, functionPattern)
      add(textOf(option, texts), (sink, removal) => open(sink, isMeant, removal, place))
    }
    if (tasks?.length) {
      const isMeant = this.#anyOf('task', tasks, taskPattern)
      add(textOf('task', tasks), (sink, removal) => ofTasks(sink, isMeant, removal, place))
    }
    if (range) {
      add(`--range ${range.text}`, (sink, removal) => withinRange(sink, range, removal, place))
    }
    if (filter?.length || notrace?.length || context || depth !== undefined) {
      stages.push(sink => namedCalls(sink, place))
    }
    if (context) add(`--context ${context}`, (sink, removal) => inContext(sink, context, removal))
    ofFunctions('filter', within)
    ofFunctions('notrace', without)
    ofFunctions('caller', onTheWayTo)
    if (minDuration !== undefined) {
      add(`--min-duration ${minDuration}ns`, (sink, removal) =>
        atLeast(sink, minDuration, removal, place),
      )
    }
    ofFunctions('hide', hidingFunctions)
    if (modules?.length) {
      const isMeant = this.#anyOf('module', modules, modulePattern)
      add(textOf('module', modules), (sink, removal) =>
        hidingFunctions(sink, func => !isMeant(func), removal),
      )
    }
    if (cpus?.length) {
      add(textOf('cpu', cpus), (sink, removal) => onCpus(sink, new Set(cpus), removal))
    }
    if (depth !== undefined) {
      add(`--depth ${depth}`, (sink, removal) => upToDepth(sink, depth, removal))
    }
    return stages
  }

  /** Whether anything that was given for an option fits; each is remembered with whether it ever did. */
  #anyOf<T>(
    option: Miss['option'],
    texts: readonly string[],
    parse: (text: string) => (value: T) => boolean,
  ): (value: T) => boolean {
    const parsed = texts.map(text => ({ isMeant: parse(text), is: { option, text, isHit: false } }))
    this.#patterns.push(...parsed.map(({ is }) => is))
    return value => {
      const fitting = parsed.filter(({ isMeant }) => isMeant(value))
      for (const { is } of fitting) is.isHit = true
      return fitting.length > 0
    }
  }
}

/** A value of a filter that fits no function, task or module of the trace. */
export interface Miss {
  readonly option: FunctionOption | 'task' | 'module'
  readonly text: string
}

interface Pattern extends Miss {
  isHit: boolean
}

/** A filter that takes patterns of function names. */
export type FunctionOption = 'filter' | 'notrace' | 'caller' | 'hide'

type Stage = (sink: CallSink) => CallSink

type Opening = (
  sink: CallSink,
  isMeant: FunctionPattern,
  removal: Removal,
  place: Place,
) => CallSink

/** A number is a pid; anything else a name, with or without the pid behind it. */
function taskPattern(text: string): (task: Track) => boolean {
  if (/^\d+$/.test(text)) return ({ pid }) => pid === Number(text)
  const isMeant = namePattern(text)
  return track => isMeant(track.comm) || isMeant(trackName(track))
}

function modulePattern(text: string): (func: KernelFunction) => boolean {
  const isMeant = namePattern(text.replace(/^\[(.+)\]$/, '$1'))
  return ({ module }) => isMeant(module || 'kernel')
}

function textOf(option: string, values: readonly (string | number)[]): string {
  return values.map(value => `--${option} ${value}`).join(' ')
}
