import type { Argument, CallNotes, Nanos, Value } from './sink.js'

/**
 * The notes of a call as a viewer shows them, by key. The keys that are not arguments have blanks, or
 * are keywords of C, so no parameter can have their name.
 */
export function shownNotes({ arguments: list, caller, returned }: CallNotes): [string, Shown][] {
  const shown: [string, Shown][] = list.map((argument, index) => [
    argument.name || `argument ${index + 1}`,
    shownArgument(argument),
  ])
  if (caller !== '') shown.push(['called from', caller])
  if (returned) shown.push(['return', shownValue(returned)])
  const error = errnoOf({ returned })
  if (error !== '') shown.push(['returned error', error])
  return shown
}

// The keys of what a viewer shows beside the notes.
export const NO_ENTRY = 'no entry'
export const INCOMPLETE = 'incomplete'
/** In nanoseconds, where the positions of a call are further apart or nearer. */
export const PRINTED_DURATION = 'printed duration (ns)'

/** Whether the positions of a call are so far from its duration that a viewer shows that, too. */
export function isAnotherLength(extent: Nanos, duration: Nanos): boolean {
  return Math.abs(extent - duration) > ROUNDING
}

/** Timestamps have microseconds: a difference up to one means nothing. */
const ROUNDING = 1000

/** A number if it was printed in decimal, otherwise the text as printed. */
export type Shown = number | string

function shownArgument({ value }: Argument): Shown {
  return value.meaning === '' ? shownValue(value) : valueText(value)
}

/** A value as the kernel prints it in arguments: `3`, `0x2 [O_RDWR]`. */
export function valueText({ text, meaning }: Value): string {
  return meaning === '' ? text : `${text} [${meaning}]`
}

function shownValue({ text, number }: Value): Shown {
  const isDecimal = number !== undefined && !text.includes('x')
  return isDecimal && Number.isSafeInteger(Number(number)) ? Number(number) : text
}

/** The name of the errno that a call returned; '' if it returned none, or nothing is known. */
export function errnoOf(notes: Pick<CallNotes, 'returned'> | undefined): string {
  return notes?.returned?.meaning ?? ''
}

/** The number that a value is printed as. `?0x63` is a value whose type the kernel did not know. */
export function numberIn(text: string): bigint | undefined {
  const digits = text.startsWith('?') ? text.slice(1) : text
  return /^(?:-?\d{1,20}|0x[\da-fA-F]{1,16})$/.test(digits) ? BigInt(digits) : undefined
}
