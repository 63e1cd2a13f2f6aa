import type { PlacedEvent } from './placed-event.js'

/** The calls of a file, profile by profile; throws where speedscope's importer would. */
export function eventsOfSpeedscope(file: Uint8Array, expected = 'nanoseconds'): PlacedEvent[] {
  const { profiles, shared } = JSON.parse(new TextDecoder().decode(file)) as RawFile
  return profiles.flatMap(({ type, unit, endValue, events }, index) => {
    if (type !== 'evented' || unit !== expected) throw new Error(`${type} in ${unit}`)
    let last = 0
    return events.map(({ type, frame, at }): PlacedEvent => {
      const name = shared.frames[frame]?.name
      if (name === undefined) throw new Error(`no frame ${frame}`)
      if (at < last) throw new Error(`${at} after ${last}`)
      if (at > endValue) throw new Error(`${at} behind the end, ${endValue}`)
      last = at
      // Threads may have the same name: the profile's place tells them apart.
      return { track: `${index}`, type: type === 'O' ? 'BEGIN' : 'END', at, name }
    })
  })
}

interface RawFile {
  readonly shared: { readonly frames: readonly { name: string }[] }
  readonly profiles: readonly {
    type: string
    unit: string
    endValue: number
    events: readonly { type: 'O' | 'C'; frame: number; at: number }[]
  }[]
}
