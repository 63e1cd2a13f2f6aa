/** The notes of calls, as the texts of a page hold them. */
import { numberIn } from '../../../timeline/notes.js'
import type { CallNotes, Value } from '../../../timeline/sink.js'
import type { Trace } from './data.js'

/** Arguments, caller, and what was returned, `null` for nothing. A value is its text and its meaning. */
type Stored = readonly [
  readonly (readonly [name: string, ...value: StoredValue])[],
  string,
  StoredValue | null,
]

type StoredValue = readonly [text: string, meaning: string]

/** What `notesOf` reads. */
export function notesText({ arguments: list, caller, returned }: CallNotes): string {
  const stored: Stored = [
    list.map(({ name, value }) => [name, ...storedValue(value)]),
    caller,
    returned ? storedValue(returned) : null,
  ]
  return JSON.stringify(stored)
}

/** The notes of a span; undefined without any. */
export function notesOf({ notes, texts }: Trace, span: number): CallNotes | undefined {
  const text = notes.get(span)
  if (text === undefined) return undefined
  const [list, caller, returned]: Stored = JSON.parse(texts[text])
  return {
    arguments: list.map(([name, ...value]) => ({ name, value: valueIn(value) })),
    caller,
    returned: returned ? valueIn(returned) : undefined,
  }
}

/** The calls that returned an error, in order. */
export function failedCalls({ notes, texts }: Trace): number[] {
  const failures = new Set<number>()
  for (const text of new Set(notes.values())) {
    const [, , returned]: Stored = JSON.parse(texts[text])
    if (returned && returned[1] !== '') failures.add(text)
  }
  const calls = [...notes].flatMap(([span, text]) => (failures.has(text) ? [span] : []))
  return calls.sort((a, b) => a - b)
}

function storedValue({ text, meaning }: Value): StoredValue {
  return [text, meaning]
}

function valueIn([text, meaning]: StoredValue): Value {
  return { text, number: numberIn(text), meaning }
}
