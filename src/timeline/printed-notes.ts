import { errnoName } from './errno.js'
import { numberIn } from './notes.js'
import type { Argument, CallNotes, Value } from './sink.js'

/** The notes of a call as the kernel prints them, read when somebody asks for their values. */
export class PrintedNotes implements CallNotes {
  readonly caller: string
  readonly #argumentsText: string
  readonly #returnedText: string
  #arguments: readonly Argument[] | undefined
  #returned: Value | undefined

  /** `a=1, b=0x2`, `foo+0x18/0x7a [module]` and `-22`; '' for what is not printed. */
  constructor(argumentsText: string, caller: string, returnedText: string) {
    this.#argumentsText = argumentsText
    this.caller = caller
    this.#returnedText = returnedText
  }

  /** Those of an entry with the value that the exit of its call prints. */
  static joined(entry: PrintedNotes, exit: PrintedNotes): PrintedNotes {
    return new PrintedNotes(entry.#argumentsText, entry.caller, exit.#returnedText)
  }

  /** A text of many, for another thread: objects would take ten times as long. */
  static packed(all: Iterable<PrintedNotes>): string {
    const texts = Array.from(all, each => [each.#argumentsText, each.caller, each.#returnedText])
    return JSON.stringify(texts)
  }

  static unpacked(text: string): PrintedNotes[] {
    const texts: readonly (readonly [string, string, string])[] = JSON.parse(text)
    return texts.map(each => new PrintedNotes(each[0], each[1], each[2]))
  }

  get arguments(): readonly Argument[] {
    this.#arguments ??= argumentsOf(this.#argumentsText)
    return this.#arguments
  }

  get returned(): Value | undefined {
    if (this.#returnedText === '') return undefined
    this.#returned ??= returnedValue(this.#returnedText)
    return this.#returned
  }
}

const NONE: readonly Argument[] = []

/** `work=0xffffffffc087d9c0, idx=17 [NR_ANON_MAPPED], pte=(STRUCT)[0x1:0x2], =?0x63, ...` */
function argumentsOf(text: string): readonly Argument[] {
  if (text === '') return NONE
  return splitArguments(text)
    .filter(argument => argument !== '...')
    .map(argument => {
      const equals = argument.indexOf('=')
      return {
        name: argument.slice(0, Math.max(equals, 0)),
        value: argumentValue(argument.slice(equals + 1)),
      }
    })
}

/** At commas that stand outside of brackets. */
function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '[' || char === '(') depth++
    else if (char === ']' || char === ')') depth--
    else if (char === ',' && depth <= 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  parts.push(text.slice(start).trim())
  return parts
}

function argumentValue(text: string): Value {
  // idx=17 [NR_ANON_MAPPED]
  const enumerator = /^(-?\d+) \[(\w+)\]$/.exec(text)
  if (!enumerator) return { text, number: numberIn(text), meaning: '' }
  const [, digits = '', meaning = ''] = enumerator
  return { text: digits, number: BigInt(digits), meaning }
}

/** `-22`, `0x0`; `0xffffffea/-22` where both forms are printed, by patches older than the option. */
export function returnedValue(printed: string): Value {
  const text = printed.slice(printed.indexOf('/') + 1)
  const number = numberIn(text)
  return { text, number, meaning: number === undefined ? '' : errnoName(errorIn(text, number)) }
}

/** Errors are negative: in hexadecimal that shows in 32 bits or in 64. Otherwise 0. */
function errorIn(text: string, number: bigint): number {
  if (!text.startsWith('0x')) return -Number(number)
  if (text.length === 10) return -Number(BigInt.asIntN(32, number))
  return text.length === 18 ? -Number(BigInt.asIntN(64, number)) : 0
}
