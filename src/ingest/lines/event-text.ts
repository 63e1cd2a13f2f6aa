import type { TraceLine } from './trace-line.js'

const utf8 = new TextDecoder()

/** The text of an event's line. */
export function eventText({ textStart, textEnd }: TraceLine, bytes: Uint8Array): string {
  return utf8.decode(bytes.subarray(textStart, textEnd))
}

/** `sched_waking: comm=bash pid=7`: the name of an event and what follows it; a marker has no name. */
export function namedEvent(whole: string): { readonly name: string; readonly text: string } {
  const [, name = '', text = whole] = /^([A-Za-z_]\w*): +(.*)$/s.exec(whole) ?? []
  return { name, text }
}
