/** The door of filters: removes calls from a timeline on its way from the reader to its sink. */
import { type FunctionPattern, functionPattern, namePattern } from '../timeline/function-pattern.js'
import type { Context } from '../timeline/interrupt-functions.js'
import { cellNames, trackName } from '../timeline/names.js'
import type { KernelFunction, Nanos, TimelineSink, Track } from '../timeline/sink.js'
import { atLeast, callersOf, failing } from './call-paths.js'
import type { CallSink, Removal } from './call-sink.js'
import { inContext } from './contexts.js'
import { type FilterResult, filterOutput } from './filter-output.js'
import { hidingFunctions, onCpus } from './hiding.js'
import { namedCalls } from './named-calls.js'
import { upToDepth, within, without } from './subtrees.js'
import { ofTasks } from './tasks.js'
import { type Moment, type TimeRange, timeRange } from './time-range.js'
import { TraceCursor, type TraceSource } from './trace-cursor.js'
import { withinRange } from './within-range.js'

export { type Context, type Moment, type TimeRange, timeRange }

/** The parts of a trace to keep. If a filter has several values, one of them has to match. */
export interface FilterOptions {
  /** Only the calls of these functions and all calls inside them. */
  readonly filter?: readonly string[] | undefined
  /**
   * Without the calls of these functions and all calls inside them; their time becomes self time of
   * the caller.
   */
  readonly notrace?: readonly string[] | undefined
  /**
   * Only the calls of these functions and their callers; the time of other calls becomes self time
   * of these.
   */
  readonly caller?: readonly string[] | undefined
  /** Without the calls of these functions; their callees move up to their callers. */
  readonly hide?: readonly string[] | undefined
  /**
   * How many levels of calls to keep after all other filters; time further below becomes self time
   * of the last level.
   */
  readonly depth?: number | undefined
  /**
   * Only calls that take at least so long; the time of shorter ones becomes self time of the
   * caller.
   */
  readonly minDuration?: Nanos | undefined
  /** Only calls that returned an errno, and their callers. Needs a reader with notes. */
  readonly errors?: boolean | undefined
  /** Only this part of the time; calls that cross its edges are cut and incomplete. */
  readonly range?: TimeRange | undefined
  /** Only calls that begin on these cpus. */
  readonly cpus?: readonly number[] | undefined
  /** Only these tasks, by pid or by name: `170`, `bash`, `kworker*`. */
  readonly tasks?: readonly string[] | undefined
  /** Only calls of functions of these modules; the kernel itself is `kernel`. */
  readonly modules?: readonly string[] | undefined
  /** Only calls of this context. Needs a reader with `interrupts: 'apart'`. */
  readonly context?: Context | undefined
}

/**
 * The filters of one trace, between its reader and a sink:
 *
 *     const filters = new TraceFilters({ filter: ['tcp_*'], depth: 3 })
 *     const reader = new TraceReader(sink, { through: filters.through })
 *
 * They apply in this order: task, range, context, filter, notrace, caller, min-duration, errors, hide,
 * module, cpu, depth. Filters that are not asked for cost nothing.
 */
export class TraceFilters {
  readonly #options: FilterOptions
  readonly #cursor = new TraceCursor()
  readonly #removals: Removal[] = []
  readonly #patterns: Pattern[] = []
  readonly #left: FilterResult = { calls: 0, functions: [] }

  constructor(options: FilterOptions = {}) {
    this.#options = options
  }

  /** Whether there are no filters. */
  get isEmpty(): boolean {
    return Object.values(this.#options).every(
      option =>
        option === undefined || option === false || (Array.isArray(option) && option.length === 0),
    )
  }

  /** The removals of each filter, in the order in which they apply; empty without filters. */
  get removals(): readonly Readonly<Removal>[] {
    return this.#removals
  }

  /** How many calls are left. Counted only if there are filters. */
  get left(): number {
    return this.#left.calls
  }

  /** All functions of the trace. Kept only if there are filters. */
  get functions(): readonly KernelFunction[] {
    return this.#left.functions
  }

  /** Values that match nothing in the trace. */
  get misses(): readonly Miss[] {
    return this.#patterns.filter(({ isHit }) => !isHit)
  }

  /**
   * The line of the event that is being sent. The end of a leaf may be sent with the line after it.
   */
  get line(): number {
    return this.#cursor.line
  }

  /** Puts the filters before a sink. To be called once. */
  readonly through = (sink: TimelineSink, source: TraceSource): TimelineSink => {
    this.#cursor.source = source
    const stages = this.#stages()
    if (stages.length === 0) return sink
    return stages.reduceRight((next, open) => open(next), filterOutput(sink, this.#left))
  }

  #stages(): Stage[] {
    const cursor = this.#cursor
    const { filter, notrace, depth, minDuration, range } = this.#options
    const { cpus, tasks, modules, context, errors } = this.#options
    const stages: Stage[] = []
    const add = (text: string, open: (sink: CallSink, removal: Removal) => CallSink) => {
      const removal = { filter: text, calls: 0 }
      this.#removals.push(removal)
      stages.push(sink => open(sink, removal))
    }
    const ofFunctions = (option: FunctionOption, open: Opening) => {
      const texts = this.#options[option]
      if (!texts?.length) return
      const matches = this.#anyOf(option, texts, functionPattern)
      add(textOf(option, texts), (sink, removal) => open(sink, matches, removal, cursor))
    }
    if (tasks?.length) {
      const matches = this.#anyOf('task', tasks, taskPattern)
      add(textOf('task', tasks), (sink, removal) => ofTasks(sink, matches, removal, cursor))
    }
    if (range) {
      add(`--range ${range.text}`, (sink, removal) => withinRange(sink, range, removal, cursor))
    }
    if (filter?.length || notrace?.length || context || depth !== undefined) {
      stages.push(sink => namedCalls(sink, cursor))
    }
    if (context) add(`--context ${context}`, (sink, removal) => inContext(sink, context, removal))
    ofFunctions('filter', within)
    ofFunctions('notrace', without)
    ofFunctions('caller', callersOf)
    if (minDuration !== undefined) {
      add(`--min-duration ${minDuration}ns`, (sink, removal) =>
        atLeast(sink, minDuration, removal, cursor),
      )
    }
    if (errors) add('--errors', (sink, removal) => failing(sink, removal, cursor))
    ofFunctions('hide', hidingFunctions)
    if (modules?.length) {
      const matches = this.#anyOf('module', modules, modulePattern)
      add(textOf('module', modules), (sink, removal) =>
        hidingFunctions(sink, func => !matches(func), removal),
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

  /**
   * A predicate that is true if one of an option's values matches. Keeps track of values that never
   * do.
   */
  #anyOf<T>(
    option: Miss['option'],
    texts: readonly string[],
    parse: (text: string) => (value: T) => boolean,
  ): (value: T) => boolean {
    const parsed = texts.map(text => ({ matches: parse(text), is: { option, text, isHit: false } }))
    this.#patterns.push(...parsed.map(({ is }) => is))
    return value => {
      const fitting = parsed.filter(({ matches }) => matches(value))
      for (const { is } of fitting) is.isHit = true
      return fitting.length > 0
    }
  }
}

/** A value of a filter that matches no function, task or module of the trace. */
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
  matches: FunctionPattern,
  removal: Removal,
  cursor: TraceCursor,
) => CallSink

/**
 * Parses a pid, or a name with or without a pid: `170`, `bash`, `bash-170`. A name may be cut as cells
 * cut it.
 */
function taskPattern(text: string): (task: Track) => boolean {
  if (/^\d+$/.test(text)) return ({ pid }) => pid === Number(text)
  const matches = namePattern(text)
  return track =>
    [track.comm, ...cellNames(track.comm)].some(
      comm => matches(comm) || matches(trackName({ ...track, comm })),
    )
}

function modulePattern(text: string): (func: KernelFunction) => boolean {
  const matches = namePattern(text.replace(/^\[(.+)\]$/, '$1'))
  return ({ module }) => matches(module || 'kernel')
}

function textOf(option: string, values: readonly (string | number)[]): string {
  return values.map(value => `--${option} ${value}`).join(' ')
}
