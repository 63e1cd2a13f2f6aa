import { functionName, trackName } from '../src/timeline/names.js'
import {
  type KernelFunction,
  type TimelineSink,
  type Track,
  UNMEASURED,
} from '../src/timeline/sink.js'
import { readTrace } from './read-trace.js'

/** A sink that writes down what it receives, a line for each event, tracks by their last names. */
export class TimelineDump implements TimelineSink {
  readonly #functions: KernelFunction[] = [{ name: '?', module: '' }]
  readonly #tracks: Track[] = []
  readonly #events: { track?: number; text: string }[] = []

  get lines(): string[] {
    return this.#events.map(({ track, text }) =>
      track === undefined ? text : `${trackName(this.#tracks[track] as Track)} ${text}`,
    )
  }

  defineFunction(id: number, definition: KernelFunction): void {
    this.#functions[id] = definition
  }

  defineTrack(id: number, track: Track): void {
    this.#tracks[id] = track
  }

  begin(track: number, func: number, at: number): void {
    this.#events.push({ track, text: `${at} ${this.#name(func)} {` })
  }

  end(track: number, func: number, at: number, duration: number): void {
    const measured = duration === UNMEASURED ? 'incomplete' : duration
    this.#events.push({ track, text: `${at} } ${this.#name(func)} ${measured}` })
  }

  migrate(track: number, cpu: number, at: number): void {
    this.#events.push({ track, text: `${at} on cpu ${cpu}` })
  }

  instant(track: number, at: number, name: string, text: string): void {
    this.#events.push({ track, text: `${at} * ${name}${text && ` (${text})`}` })
  }

  lost(cpu: number, at: number, events: number): void {
    this.#events.push({ text: `cpu ${cpu} ${at} lost ${events}` })
  }

  finish(): void {}

  #name(func: number): string {
    return functionName(this.#functions[func] as KernelFunction)
  }
}

/** The events of a trace, migrations left out unless they are asked for. */
export function timelineOf(text: string | Uint8Array, migrations = false): string[] {
  const dump = new TimelineDump()
  readTrace(text, dump)
  return migrations ? dump.lines : dump.lines.filter(line => !/ on cpu -?\d+$/.test(line))
}
