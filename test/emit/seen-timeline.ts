import { functionName, trackName } from '../../src/timeline/names.js'
import { shownNotes } from '../../src/timeline/notes.js'
import {
  type CallNotes,
  type KernelFunction,
  type Lane,
  type TimelineSink,
  type Track,
  UNMEASURED,
} from '../../src/timeline/sink.js'

export interface SeenEvent {
  readonly what: string
  readonly at: number
}

/**
 * What the kernel's text can say of a timeline: of each track with events, these in their order.
 * Tracks are told apart by pid or cpu, and those with the same one by which comes first.
 */
export class SeenTimeline implements TimelineSink {
  readonly losses: string[] = []
  readonly #functions: KernelFunction[] = [{ name: '?', module: '' }]
  readonly #tracks: Track[] = []
  readonly #lanes: Lane[] = []
  /** In the order of the tracks' first events. */
  readonly #events = new Map<number, SeenEvent[]>()

  /** By track, what happens. */
  get texts(): Map<string, readonly string[]> {
    return new Map([...this.#named()].map(([name, events]) => [name, events.map(e => e.what)]))
  }

  /** By track, where it happens. */
  get positions(): Map<string, readonly number[]> {
    return new Map([...this.#named()].map(([name, events]) => [name, events.map(e => e.at)]))
  }

  start(): void {}

  defineFunction(id: number, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: number, track: Track): void {
    this.#tracks[id] = track
  }

  defineLane(id: number, lane: Lane): void {
    this.#lanes[id] = lane
  }

  begin(track: number, func: number, at: number): void {
    this.#see(track, at, `${this.#name(func)} {`)
  }

  end(track: number, func: number, at: number, duration: number, notes?: CallNotes): void {
    const noted = notes ? ` ${JSON.stringify(shownNotes(notes))}` : ''
    const measured = duration === UNMEASURED ? 'incomplete' : shownDigits(duration)
    this.#see(track, at, `} ${this.#name(func)} ${measured}${noted}`)
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#see(track, at, `on cpu ${cpu}`)
  }

  instant(track: number, at: number, name: string, text: string, frames: readonly string[] = []) {
    this.#see(track, at, ['*', name, text, ...frames].join(' '))
  }

  beginSection(id: number, at: number, name: string): void {
    this.#seeSection(id, at, `[ ${name}`)
  }

  endSection(id: number, at: number): void {
    this.#seeSection(id, at, ']')
  }

  count(track: number, at: number, name: string, value: number): void {
    this.#see(track, at, `# ${name} ${value}`)
  }

  lost(cpu: number, _at: number, events: number): void {
    this.losses.push(`${events} of cpu ${cpu}`)
  }

  finish(): void {}

  #seeSection(id: number, at: number, what: string): void {
    const { owner, name } = this.#lanes[id]
    if ('track' in owner) this.#see(owner.track, at, `${name} ${what}`)
  }

  #see(track: number, at: number, what: string): void {
    const events = this.#events.get(track) ?? []
    this.#events.set(track, events)
    events.push({ at, what })
  }

  #named(): Map<string, readonly SeenEvent[]> {
    const named = new Map<string, readonly SeenEvent[]>()
    for (const [id, events] of this.#events) {
      const track = this.#tracks[id]
      const name = track.pid ? `pid ${track.pid}` : trackName(track)
      let copy = 1
      while (named.has(`${name} ${copy}`)) copy++
      named.set(`${name} ${copy}`, events)
    }
    return named
  }

  /** trace-cmd has parentheses around what it calls by its address. */
  #name(func: number): string {
    return functionName(this.#functions[func]).replace(/^\((0x\w+)\)/, '$1')
  }
}

/** The digits of a duration that the kernel prints. */
function shownDigits(duration: number): number {
  const last = [1e7, 1e8, 1e9].filter(least => duration >= least).length
  return duration - (duration % 10 ** last)
}
