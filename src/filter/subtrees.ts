import type { FunctionPattern } from '../timeline/function-pattern.js'
import type { FunctionId, KernelFunction, TrackId } from '../timeline/sink.js'
import { forwarding } from '../timeline/sinks/index.js'
import type { CallSink, Removal } from './call-sink.js'

/**
 * `--filter`: only the calls of some functions, all calls inside them, and the events meanwhile.
 */
export function within(sink: CallSink, matches: FunctionPattern, removal: Removal): CallSink {
  const matching: boolean[] = []
  const inside = new Levels()
  return {
    ...forwarding(sink),
    ...definingFunctions(sink, matching, matches),
    begin(track, func, at, hasEntry) {
      if (inside.of(track) === 0 && !matching[func]) return
      inside.enter(track)
      sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      if (inside.of(track) === 0) {
        removal.calls++
        return
      }
      inside.leave(track)
      sink.end(track, func, at, duration, notes)
    },
    instant(track, at, name, text, frames) {
      if (inside.of(track) > 0) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      if (inside.of(track) > 0) sink.count(track, at, name, value)
    },
  }
}

/** `--notrace`: without the calls of some functions and all calls inside them. */
export function without(sink: CallSink, matches: FunctionPattern, removal: Removal): CallSink {
  const matching: boolean[] = []
  const inside = new Levels()
  return {
    ...forwarding(sink),
    ...definingFunctions(sink, matching, matches),
    begin(track, func, at, hasEntry) {
      if (inside.of(track) > 0 || matching[func]) inside.enter(track)
      else sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      if (inside.of(track) === 0) {
        sink.end(track, func, at, duration, notes)
        return
      }
      inside.leave(track)
      removal.calls++
    },
    instant(track, at, name, text, frames) {
      if (inside.of(track) === 0) sink.instant(track, at, name, text, frames)
    },
    count(track, at, name, value) {
      if (inside.of(track) === 0) sink.count(track, at, name, value)
    },
  }
}

/** `--depth`: only the outermost levels of calls. */
export function upToDepth(sink: CallSink, depth: number, removal: Removal): CallSink {
  const open = new Levels()
  return {
    ...forwarding(sink),
    begin(track, func, at, hasEntry) {
      if (open.enter(track) <= depth) sink.begin(track, func, at, hasEntry)
    },
    end(track, func, at, duration, notes) {
      if (open.leave(track) < depth) sink.end(track, func, at, duration, notes)
      else removal.calls++
    },
  }
}

/** The number of open calls by track. */
class Levels {
  readonly #levels: number[] = []

  of(track: TrackId): number {
    return this.#levels[track] ?? 0
  }

  enter(track: TrackId): number {
    const level = this.of(track) + 1
    this.#levels[track] = level
    return level
  }

  leave(track: TrackId): number {
    const level = this.of(track) - 1
    this.#levels[track] = level
    return level
  }
}

/** Passes function definitions on, and keeps in `matching`, by id, which of them match. */
export function definingFunctions(
  sink: CallSink,
  matching: boolean[],
  matches: FunctionPattern,
): Pick<CallSink, 'defineFunction'> {
  return {
    defineFunction(id: FunctionId, definition: KernelFunction) {
      matching[id] = matches(definition)
      sink.defineFunction(id, definition)
    },
  }
}
