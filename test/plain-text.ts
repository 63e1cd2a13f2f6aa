/** A trace as plain regular expressions see it: they know nothing of layouts or stacks. */
import type { LineCounts } from '../src/ingest/trace-summary.js'

export interface PlainText {
  readonly lines: LineCounts
  readonly lostEvents: number
  /** By function: calls begun, ended, and their nanoseconds. */
  readonly begun: ReadonlyMap<string, number>
  readonly ended: ReadonlyMap<string, number>
  readonly nanos: ReadonlyMap<string, number>
  /** Exits that do not say what they close. */
  readonly namelessExits: number
  readonly namelessNanos: number
}

/** The text of a dump in a log, its stamps taken off; further lines of a record have as many blanks. */
export function dumpIn(log: string): string {
  const lines = log.replaceAll('\r', '').split('\n')
  const rules = lines.flatMap((line, index) => (/(?:\] |^)-{33}$/.test(line) ? [index] : []))
  let width = 0
  return lines
    .slice(rules[0] + 1, rules[1])
    .map(line => {
      const [stamp = ''] = /^(?:\w+ *:\w+ *: )?\[[^\]]+\] /.exec(line) ?? []
      width = stamp.length || width
      return line.slice(width)
    })
    .join('\n')
}

const FUNCTION = /(?<name>[\w.$]\S*?(?: \[\w+\])?)\(.*\)/.source
const NOTE = /(?: \/\* .*\*\/.*)?/.source

/** The forms of lines, in the order in which they are tried. What has none of them is `other`. */
const forms: readonly { kind: keyof LineCounts; form: RegExp }[] = [
  { kind: 'other', form: /^##### CPU \d+ buffer started ####$/ },
  { kind: 'lost', form: /^CPU:\d+ \[LOST (?<events>\d+ )?EVENTS\]$/ },
  { kind: 'switch', form: /^ *\d+\) +\S.*-\d+ +=> +.*-\d+ *$/ },
  // A task may be called `/* c */`.
  { kind: 'comment', form: /^(?:.*\| *|.*\d\) +| *)\/\* (?!c \*\/-\d)/ },
  { kind: 'leaf', form: new RegExp(`^(?<columns>.*?)${FUNCTION};${NOTE}$`) },
  { kind: 'entry', form: new RegExp(`^(?<columns>.*?)${FUNCTION} \\{${NOTE}$`) },
  { kind: 'exit', form: /^(?<columns>.*?)\}(?: \/\* (?<name>\S+(?: \[\w+\])?).*\*\/.*)?$/ },
  { kind: 'header', form: /^#/ },
]

const DURATION = /(?<micros>\d+)(?:\.(?<part>\d+))? us +\| *$/

export function plainlyRead(text: string): PlainText {
  const lines = {
    total: 0,
    header: 0,
    entry: 0,
    leaf: 0,
    exit: 0,
    switch: 0,
    comment: 0,
    lost: 0,
    other: 0,
    unrecognized: 0,
  }
  const [begun, ended, nanos] = [newTotals(), newTotals(), newTotals()]
  let [lostEvents, namelessExits, namelessNanos] = [0, 0, 0]
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const { kind, form } = forms.find(({ form }) => form.test(line)) ?? { kind: 'other' as const }
    const { name = '', columns = '', events = '0' } = form?.exec(line)?.groups ?? {}
    lines.total++
    lines[kind]++
    if (kind === 'lost') lostEvents += Number(events)
    if (kind === 'entry' || kind === 'leaf') add(begun, name, 1)
    if (kind !== 'leaf' && kind !== 'exit') continue
    const duration = durationIn(columns)
    if (name === '') {
      namelessExits++
      namelessNanos += duration
    } else {
      add(ended, name, 1)
      add(nanos, name, duration)
    }
  }
  return { lines, lostEvents, begun, ended, nanos, namelessExits, namelessNanos }
}

/** In nanoseconds. The kernel prints a negative one as 2^64 less that many: it counts as 0. */
function durationIn(columns: string): number {
  const { micros = '0', part = '' } = DURATION.exec(columns)?.groups ?? {}
  const nanos = Number(micros + part.padEnd(3, '0'))
  return nanos > Number.MAX_SAFE_INTEGER ? 0 : nanos
}

function newTotals(): Map<string, number> {
  return new Map()
}

export function add(totals: Map<string, number>, name: string, amount: number): void {
  totals.set(name, (totals.get(name) ?? 0) + amount)
}
