import { functionName, trackName } from '../src/timeline/names.js'
import { shownNotes } from '../src/timeline/notes.js'
import {
  type CallNotes,
  type KernelFunction,
  type Lane,
  type TimelineSink,
  type Track,
  UNMEASURED,
} from '../src/timeline/sink.js'
import { readTrace } from './read-trace.js'

/** A sink that writes down what it receives, a line for each event, tracks by their last names. */
export class TimelineDump implements TimelineSink {
  readonly #functions: KernelFunction[] = [{ name: '?', module: '' }]
  readonly #tracks: Track[] = []
  readonly #lanes: Lane[] = []
  readonly #events: { track?: number; text: string }[] = []

  get lines(): string[] {
    return this.#events.map(({ track, text }) =>
      track === undefined ? text : `${trackName(this.#tracks[track])} ${text}`,
    )
  }

  start(): void {}

  defineFunction(id: number, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: number, track: Track): void {
    this.#tracks[id] = track
  }

  begin(track: number, func: number, at: number): void {
    this.#events.push({ track, text: `${at} ${this.#name(func)} {` })
  }

  end(track: number, func: number, at: number, duration: number, notes?: CallNotes): void {
    const measured = duration === UNMEASURED ? 'incomplete' : duration
    const noted = notes ? shownNotes(notes).map(([key, value]) => ` ${key}=${value}`) : []
    this.#events.push({ track, text: `${at} } ${this.#name(func)} ${measured}${noted.join('')}` })
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#events.push({ track, text: `${at} on cpu ${cpu}` })
  }

  instant(
    track: number,
    at: number,
    name: string,
    text: string,
    frames: readonly string[] = [],
  ): void {
    const stack = frames.map(frame => ` <- ${frame}`).join('')
    this.#events.push({ track, text: `${at} * ${name}${text && ` (${text})`}${stack}` })
  }

  defineLane(id: number, lane: Lane): void {
    this.#lanes[id] = lane
  }

  beginSection(lane: number, at: number, name: string): void {
    this.#events.push(this.#inLane(lane, `${at} [${name}`))
  }

  endSection(lane: number, at: number): void {
    this.#events.push(this.#inLane(lane, `${at} ]`))
  }

  count(track: number, at: number, name: string, value: number): void {
    this.#events.push({ track, text: `${at} # ${name} ${value}` })
  }

  lost(cpu: number, at: number, events: number): void {
    this.#events.push({ text: `cpu ${cpu} ${at} lost ${events}` })
  }

  finish(): void {}

  #inLane(id: number, text: string): { track?: number; text: string } {
    const { owner, name } = this.#lanes[id]
    const event = { text: `${name} ${text}` }
    return 'track' in owner ? { ...event, track: owner.track } : event
  }

  #name(func: number): string {
    return functionName(this.#functions[func])
  }
}

/** The events of a trace, migrations left out unless they are asked for. */
export function timelineOf(text: string | Uint8Array, migrations = false): string[] {
  const dump = new TimelineDump()
  readTrace(text, dump)
  return migrations ? dump.lines : dump.lines.filter(line => !/ on cpu -?\d+$/.test(line))
}
