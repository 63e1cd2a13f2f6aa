/** A field of a record, as the format text of its event declares it. */
export interface Field {
  readonly name: string
  readonly offset: number
  /** In bytes; 0 for an array that takes the rest of the record. */
  readonly size: number
  readonly isSigned: boolean
  readonly kind: FieldKind
  /** Of a text or an array elsewhere: whether its place counts from behind the field. */
  readonly isRelative: boolean
  /** Bytes of an element of an array. */
  readonly elementSize: number
  /** The names that the event prints for values (`__print_symbolic`); undefined for none. */
  readonly symbols: ReadonlyMap<number, string> | undefined
  /** It is printed as a symbol of the kernel: `%ps`. */
  readonly isAddress: boolean
}

export type FieldKind =
  | 'number'
  | 'array'
  /** `char comm[16]` or `char buf[]` */
  | 'text'
  /** `__data_loc char[] name`: 16 bits of place, 16 bits of length. */
  | 'text elsewhere'
  | 'array elsewhere'

/** How the records of an event are laid out: events/SYSTEM/NAME/format. */
export interface EventFormat {
  readonly system: string
  readonly name: string
  /** Those that all events have: `common_type` and others. */
  readonly common: readonly Field[]
  readonly fields: readonly Field[]
}

const declaration =
  /^\s*field:(?<type>.*?)\s*(?<name>\w+)(?<array>\[.*\])?;\s*offset:(?<offset>\d+);\s*size:(?<size>\d+);(?:\s*signed:(?<signed>\d+);)?/

/** Declarations are shorter: the pattern would take long for a longer line. */
const LONGEST = 500
/** Formats are shorter, for the same reason. */
const LARGEST = 2 ** 19

/** Reads the text of a format; undefined if it is none. */
export function eventFormat(text: string, system: string): EventFormat | undefined {
  const name = /^name: (\w+)$/m.exec(text)?.[1]
  if (name === undefined || text.length > LARGEST) return undefined
  const print = /^print fmt: (.*)/ms.exec(text)?.[1] ?? ''
  const fields = text.split('\n').flatMap(line => fieldOf(line, print) ?? [])
  return {
    system,
    name,
    common: fields.filter(field => field.name.startsWith('common_')),
    fields: fields.filter(field => !field.name.startsWith('common_')),
  }
}

//	field:unsigned long func;	offset:8;	size:8;	signed:0;
//	field:__data_loc char[] name;	offset:12;	size:4;	signed:0;
/** A line of a format, or of events/header_page; undefined if it declares no field. */
export function fieldOf(line: string, print = ''): Field | undefined {
  const parts = line.length > LONGEST ? undefined : declaration.exec(line)?.groups
  if (!parts) return undefined
  const { type = '', name = '', array = '', offset, size, signed } = parts
  const bytes = Number(size)
  const isText = /\bchar\b/.test(type) && !/\*/.test(type)
  return {
    name,
    offset: Number(offset),
    size: bytes,
    isSigned: signed === '1',
    kind: kindOf(type, array, isText),
    isRelative: type.startsWith('__rel_loc'),
    elementSize: elementSize(type, array, bytes),
    symbols: symbolsOf(name, print),
    isAddress: new RegExp(`\\(void \\*\\)\\(?REC->${name}\\b`).test(print),
  }
}

function kindOf(type: string, array: string, isText: boolean): FieldKind {
  if (/^__(?:rel|data)_loc\b/.test(type)) return isText ? 'text elsewhere' : 'array elsewhere'
  if (array === '') return 'number'
  return isText && !/unsigned/.test(type) ? 'text' : 'array'
}

function elementSize(type: string, array: string, size: number): number {
  const count = Number(/^\[(\d+)\]$/.exec(array)?.[1] ?? 0)
  if (count > 0 && size % count === 0) return size / count
  if (/\b(?:u|s|uint|int|__u)64|long long\b/.test(type)) return 8
  if (/\b(?:u|s|uint|int|__u)16|short\b/.test(type)) return 2
  if (/\b(?:u|s|uint|int|__u)8|char\b/.test(type)) return 1
  return /\blong\b/.test(type) ? LONG : 4
}

/** Stands for the size of a `long`, which the header of the pages tells. */
export const LONG = 0

// __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" })
function symbolsOf(name: string, print: string): ReadonlyMap<number, string> | undefined {
  const list = new RegExp(`__print_symbolic\\(REC->${name},((?:\\s*\\{[^}]*\\},?)+)\\)`).exec(print)
  if (!list) return undefined
  const pairs = [
    ...(list[1] ?? '').matchAll(/\{\s*(0x[\da-f]+|-?\d+)[uUlL]*\s*,\s*"([^"]*)"\s*\}/gi),
  ]
  return new Map(pairs.map(([, value, text]) => [Number(value), text ?? '']))
}
