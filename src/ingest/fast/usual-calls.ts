import type { CallEvents } from '../../timeline/sink.js'
import { StackMemory } from './stack-memory.js'
import type { UsualModule } from './usual-module.js'

/**
 * Follows the records of `UsualLines` where each line goes on from those before, as `Stacks` does
 * and in the same memory.
 */
export class UsualCalls {
  readonly memory: StackMemory
  /** What the last `follow` has made. */
  readonly events: CallEvents
  readonly #module: UsualModule
  /** What the last `follow` has done. */
  readonly #followed: Int32Array

  constructor(module: UsualModule) {
    this.#module = module
    this.memory = new StackMemory(module)
    const { buffer } = module.memory
    this.#followed = new Int32Array(buffer, module.followed.value, 6)
    const most = module.MOST_EVENTS.value
    this.events = {
      numbers: new Int32Array(buffer, module.eventNumbers.value, 2 * most),
      times: new Float64Array(buffer, module.eventTimes.value, 2 * most),
    }
  }

  startCapture(time: boolean, slots: boolean): void {
    this.#module.setCapture(time, slots)
  }

  /**
   * Follows records from number `from` on, up to `end` or one that it leaves to others, which is one
   * of this time, too; returns the number of the first one that it did not follow.
   */
  follow(from: number, end: number, seconds: number, nanos: number): number {
    return this.#module.follow(from, end, seconds, nanos)
  }

  /** How many of the lines were entries, */
  get entries(): number {
    return this.#followed[0]
  }

  /** leaves, */
  get leaves(): number {
    return this.#followed[1]
  }

  /** and exits, */
  get exits(): number {
    return this.#followed[2]
  }

  /** of which so many had no entry; */
  get orphans(): number {
    return this.#followed[3]
  }

  /** how many calls were found to have no exit; */
  get incomplete(): number {
    return this.#followed[4]
  }

  /** and how many events there are of all this. */
  get length(): number {
    return this.#followed[5]
  }
}
