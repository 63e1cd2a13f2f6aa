import type { FunctionPattern } from '../timeline/function-pattern.js'
import { InterruptBegins } from '../timeline/interrupt-functions.js'
import { errnoOf } from '../timeline/notes.js'
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
} from '../timeline/sink.js'
import { ignored } from '../timeline/sinks/index.js'

/**
 * What became of an error:
 * - surfaced: the outermost call that the trace shows returned it, or what it was turned into
 * - swallowed: a caller went on after it, and did not return it
 * - unknown: the trace does not show what a caller returned
 */
export type Outcome = 'surfaced' | 'swallowed' | 'unknown'

/** Why an error is probably none. */
export type ErrorDoubt =
  /** Its function fails with many errors. */
  | 'many errors'
  /** It is EPERM, which is -1, and no caller ever returned it, too. */
  | 'mere -1'
  /** Nearly all calls of its function fail, and no caller ever returned it, too. */
  | 'always fails'

/** A call on the way of an error, with the calls that its function made just before. */
export interface ErrorStep {
  readonly func: FunctionId
  /** The name of the error that it returned; '' where it returned none, or that is not known. */
  readonly error: string
  readonly notes: CallNotes | undefined
  /** The last calls that it made before the one that failed; those of the origin are its last ones. */
  readonly before: readonly EarlierCall[]
  /** How many more it made before those. */
  readonly earlier: number
}

/** A call that ended before another one failed. */
export interface EarlierCall {
  readonly func: FunctionId
  readonly notes: CallNotes | undefined
}

/** One error, from where it was born to where it ended. */
export interface ErrorExample {
  readonly track: TrackId
  /** Where its origin began. */
  readonly begin: Nanos
  /** The line of the origin's entry, 0 if not known. */
  readonly line: number
  readonly outcome: Outcome
  /** The origin first; the last call that returned an error, and behind it the one that swallowed it. */
  readonly way: readonly ErrorStep[]
}

/** The errors of one kind that one function bore. */
export interface ErrorOrigin {
  readonly func: FunctionId
  readonly error: string
  count: number
  readonly outcomes: Record<Outcome, number>
  /** How often which function swallowed it. */
  readonly swallowed: Map<FunctionId, number>
  /** How often it was turned into which error. */
  readonly turned: Map<string, number>
  readonly tasks: Map<TrackId, number>
  /** One that surfaced, if any did; otherwise the first. */
  example: ErrorExample
  /** How often a caller returned it, too. */
  handedOn: number
  /** Why these are probably no errors, if so: see `ErrorOrigins`. */
  doubt: ErrorDoubt | undefined
}

/** What an `ErrorOrigins` looks for. */
export interface ErrorOptions {
  /** Only errors whose way leads through one of these functions. */
  readonly matches?: FunctionPattern | undefined
  /** Returns the line of the current event. */
  readonly line?: () => number
}

/**
 * Finds where errors were born. The tracer notes the register of the return value for every function, so a rule says
 * what is an error (kernel/trace/trace_functions_graph.c prints -4095 to -1 as a number, of 32 bits and of 64):
 *
 * - A call fails if its value is a named errno of Linux.
 * - Its origin is the innermost call that returned it, and none of whose callees did. If several callees of a call
 *   returned what it returns, it hands on the last one, but for those that only found the error in the register.
 * - A call that returns another error than its callees is an origin by itself, and has turned into its own the error of
 *   the last callee that failed, and the same error of other callees.
 * - A call without callees does not fail with the error that a callee of another function has returned to its caller
 *   before: its caller had that error at hand (an echo).
 * - Functions that return nothing leave anything in the register. An error is doubtful if the function fails with many
 *   errors, or if no caller ever returned it, too, and nearly all calls of the function fail or the error is EPERM: that is
 *   -1, which functions return for many reasons.
 *
 * Memory grows with the open calls, their failed callees, and the kinds of errors.
 */
export class ErrorOrigins implements TimelineSink {
  readonly functions: KernelFunction[] = []
  readonly tracks: Track[] = []
  readonly #matches: FunctionPattern | undefined
  readonly #line: () => number
  readonly #stacks: OpenCalls[] = []
  readonly #interrupts = new InterruptBegins()
  readonly #origins = new Map<string, ErrorOrigin>()
  readonly #statistics: FunctionStatistics[] = []
  /** Calls that have a return value. */
  returns = 0
  /** Calls that did not fail although their values are those of errors: echoes, and numbers that are no errno. */
  readonly heldBack = { echoes: 0, unnamed: 0 }

  constructor({ matches, line = () => 0 }: ErrorOptions = {}) {
    this.#matches = matches
    this.#line = line
  }

  /** The most frequent first. */
  get origins(): ErrorOrigin[] {
    const origins = [...this.#origins.values()]
    for (const origin of origins) {
      origin.doubt = doubtOf(origin, this.#statistics[origin.func])
    }
    return origins.sort((a, b) => b.count - a.count || a.example.line - b.example.line)
  }

  defineFunction(id: FunctionId, func: KernelFunction): void {
    this.functions[id] = func
    this.#statistics[id] = { returns: 0, errors: 0, names: new Set() }
    this.#interrupts.defineFunction(id, func)
  }

  defineTrack(id: TrackId, track: Track): void {
    this.tracks[id] = track
    this.#interrupts.defineTrack(id, track)
    this.#stacks[id] ??= new OpenCalls()
  }

  begin(track: TrackId, _func: FunctionId, at: Nanos): void {
    const stack = this.#stacks[track]
    stack.push(at, this.#line())
  }

  end(track: TrackId, func: FunctionId, _at: Nanos, duration: Nanos, notes?: CallNotes): void {
    const stack = this.#stacks[track]
    const call = stack.pop()
    const caller = stack.innermost
    if (func === UNNAMED) {
      // A gap: its caller takes what is in it.
      if (caller) caller.failures.push(...call.failures)
      else for (const failure of call.failures) this.#settle(failure, 'unknown')
      return
    }
    const error = this.#errorOf(func, notes)
    const isLeftBehind =
      error !== '' && error === call.error && !call.isTouched && func !== call.failed
    const isEcho = error !== '' && call.callees === 0 && hasAnother(caller, func, error)
    if (isEcho) this.heldBack.echoes++
    const mayFail = !isEcho && (error !== '' || call.failures.length > 0)
    const failure = mayFail ? this.#failureOf(track, func, call, duration, error, notes) : undefined
    if (failure?.way.length === 1) failure.isSure = !isLeftBehind
    const isInterrupt = this.#interrupts.isAt(track, func)
    if (!caller || isInterrupt) {
      // What interrupts return reaches nobody.
      const isSeen = !isInterrupt && !this.tracks[track].isInterrupts
      if (failure) this.#settle(failure, isSeen ? 'surfaced' : 'unknown')
      return
    }
    if (failure) {
      failure.before = recentOf(caller)
      failure.earlier = caller.callees - failure.before.length
      caller.failures.push(failure)
    }
    if (!isEcho && !isLeftBehind) {
      caller.isTouched = true
      caller.error = error
      caller.failed = func
    }
    const place = caller.callees++ % RECENT
    caller.funcs[place] = func
    caller.notes[place] = notes
  }

  start = ignored.start
  defineLane = ignored.defineLane
  migrate = ignored.migrate
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish

  /** The name of the error that a call returned, '' for none. */
  #errorOf(func: FunctionId, notes: CallNotes | undefined): string {
    if (!notes?.returned) return ''
    const { number } = notes.returned
    const error = errnoOf(notes)
    const statistics = this.#statistics[func]
    this.returns++
    statistics.returns++
    if (error !== '') {
      statistics.errors++
      statistics.names.add(error)
    } else if (number !== undefined && number < 0n && number >= -4095n) this.heldBack.unnamed++
    return error
  }

  /** What a call hands on to its caller: a failure of a callee, or its own. Settles the others. */
  #failureOf(
    track: TrackId,
    func: FunctionId,
    call: OpenCall,
    duration: Nanos,
    error: string,
    notes: CallNotes | undefined,
  ): Failure | undefined {
    const { failures, callees, begin, line } = call
    const same = error === '' ? [] : failures.filter(each => each.error === error)
    const handedOn = same.findLast(({ isSure }) => isSure) ?? same.at(0)
    const turned = error === '' || handedOn ? [] : turnedInto(failures)
    for (const failure of failures) {
      const isGone = failure !== handedOn && !turned.includes(failure)
      const { before, earlier } = failure
      failure.way.push({ func, error: isGone ? '' : error, notes, before, earlier })
      const isKnown = duration !== UNMEASURED && notes?.returned
      if (isGone) this.#settle(failure, isKnown ? 'swallowed' : 'unknown')
    }
    if (handedOn || error === '') return handedOn
    const before = recentOf(call)
    const own = { func, error, notes, before, earlier: callees - before.length }
    return {
      ...{ func, error, track, begin, line, way: [own] },
      ...{ causes: turned, isSure: true, before: [], earlier: 0 },
    }
  }

  #settle(failure: Failure, outcome: Outcome, into = ''): void {
    const { func, error, way, track, begin, line, causes } = failure
    for (const cause of causes) {
      cause.way.push(...way.slice(1))
      this.#settle(cause, outcome, error)
    }
    const { functions } = this
    if (this.#matches && !way.some(step => this.#matches?.(functions[step.func]))) return
    const example = { track, begin, line, outcome, way }
    const key = `${func} ${error}`
    let origin = this.#origins.get(key)
    if (!origin) {
      origin = {
        ...{ func, error, example, count: 0, handedOn: 0, doubt: undefined },
        outcomes: { surfaced: 0, swallowed: 0, unknown: 0 },
        swallowed: new Map(),
        turned: new Map(),
        tasks: new Map(),
      }
      this.#origins.set(key, origin)
    }
    origin.count++
    origin.outcomes[outcome]++
    if (way[1]?.error === error) origin.handedOn++
    countIn(origin.tasks, track)
    if (into !== '') countIn(origin.turned, into)
    if (outcome === 'swallowed') countIn(origin.swallowed, (way.at(-1) as ErrorStep).func)
    if (outcome === 'surfaced' && origin.example.outcome !== 'surfaced') origin.example = example
  }
}

/** So many of the last callees of an open call are kept, to be shown before the one that failed. */
const RECENT = 4

interface OpenCall {
  begin: Nanos
  line: number
  /** The errors of its callees. */
  readonly failures: Failure[]
  /** The functions and the notes of the last callees, each at its number modulo RECENT. */
  readonly funcs: FunctionId[]
  readonly notes: (CallNotes | undefined)[]
  callees: number
  /** What is in the register of the return value: the error that the last call returned, '' for none, and that call. */
  error: string
  failed: FunctionId
  /** Whether a callee has returned something of its own. */
  isTouched: boolean
}

/** The open calls of a track; each level has one object for all of its calls. */
class OpenCalls {
  readonly #levels: OpenCall[] = []
  #open = 0

  get innermost(): OpenCall | undefined {
    return this.#open === 0 ? undefined : this.#levels[this.#open - 1]
  }

  push(begin: Nanos, line: number): void {
    const caller = this.innermost
    const { error, failed } = caller ?? { error: '', failed: UNNAMED }
    const known = this.#levels[this.#open++]
    if (!known) {
      const state = { begin, line, error, failed, callees: 0, isTouched: false }
      this.#levels.push({ ...state, failures: [], funcs: [], notes: [] })
      return
    }
    known.begin = begin
    known.line = line
    known.error = error
    known.failed = failed
    known.callees = 0
    known.isTouched = false
    if (known.failures.length > 0) known.failures.length = 0
  }

  /** Good until the next call of its level begins. */
  pop(): OpenCall {
    return this.#levels[--this.#open]
  }
}

/** The last callees of an open call so far. */
function recentOf({ funcs, notes, callees }: OpenCall): EarlierCall[] {
  const count = Math.min(callees, RECENT)
  return Array.from({ length: count }, (_, index) => {
    const place = (callees - count + index) % RECENT
    return { func: funcs[place], notes: notes[place] }
  })
}

/** An error on its way up. */
interface Failure {
  readonly func: FunctionId
  readonly error: string
  readonly track: TrackId
  readonly begin: Nanos
  readonly line: number
  readonly way: ErrorStep[]
  /** The errors of callees that the origin has turned into its own. */
  readonly causes: readonly Failure[]
  /** Whether the origin did not find its error in the register, left behind by the call before. */
  isSure: boolean
  /** The calls that the caller made before, and how many before those. */
  before: readonly EarlierCall[]
  earlier: number
}

/** Whether a callee of another function has returned the same error before. */
function hasAnother(caller: OpenCall | undefined, func: FunctionId, error: string): boolean {
  return Boolean(
    caller?.failures.some(each => each.error === error && each.way.at(-1)?.func !== func),
  )
}

/** The failures that a call has turned into another error: all that are as the last one. EPERM may be a mere -1. */
function turnedInto(failures: readonly Failure[]): Failure[] {
  const errors = failures.filter(({ error, way }) => error !== 'EPERM' || way.length > 1)
  const last = errors.findLast(({ isSure }) => isSure) ?? errors.at(-1)
  return errors.filter(({ error }) => error === last?.error)
}

interface FunctionStatistics {
  returns: number
  errors: number
  readonly names: Set<string>
}

function doubtOf(
  { error, handedOn, outcomes }: ErrorOrigin,
  { returns, errors, names }: FunctionStatistics,
): ErrorDoubt | undefined {
  if (names.size > 4) return 'many errors'
  if (handedOn + outcomes.surfaced > 0) return undefined
  if (error === 'EPERM') return 'mere -1'
  return returns >= 5 && errors >= 0.9 * returns ? 'always fails' : undefined
}

function countIn<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
