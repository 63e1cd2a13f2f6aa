/**
 * What kernels printed, read whole, against what plain regular expressions find in the same text:
 * they know nothing of layouts or stacks, but no line and no nanosecond may get lost on the way.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formats } from '../src/emit/formats.js'
import { type LineCounts, noLines } from '../src/ingest/trace-summary.js'
import { functionName } from '../src/timeline/names.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../src/timeline/sink.js'
import { ignored, tee } from '../src/timeline/sinks/index.js'
import { sumOfFolded } from './decode/folded.js'
import { totalsOfPprof } from './decode/pprof.js'
import { openWritten, readCapture, readTrace } from './read-trace.js'

/** Reports of trace-cmd have a test of their own. */
const captures = readdirSync('test/corpus').filter(name => /^(?!.*-tc-).*\.gz$/.test(name))
const frozen: string[][] = []

describe.each(captures)('%s', async name => {
  const text = readCapture(`test/corpus/${name}`)
  const outputs = await Promise.all(formats.map(format => openWritten(format.name, name)))
  const calls = new MeasuredCalls()
  const summary = readTrace(text, tee([...outputs.map(({ sink }) => sink), calls]))
  const latin1 = Buffer.from(text).toString('latin1')
  const isLog = /dmesg|serial/.test(name)
  const plain = plainlyRead(isLog ? dumpIn(latin1) : latin1)
  const { lines, calls: counted, columns } = summary
  frozen.push(
    [name, columns.join(' '), ...Object.values(lines), ...Object.values(counted)].map(String),
  )
  const bytesOf = (format: string) =>
    outputs[formats.findIndex(({ name }) => name === format)]?.bytes ?? new Uint8Array()

  test('every line is recognized, and counted as what it is', () => {
    const { total, other, ...kinds } = plain.lines
    expect(summary.lines).toMatchObject(isLog ? kinds : plain.lines)
    expect(summary.lines.unrecognized).toBe(0)
    expect(summary.dialect).toBe(isLog ? 'printk' : 'kernel')
    expect(summary.lostEvents).toBe(plain.lostEvents)
  })

  test('every call is counted once', () => {
    const { complete, incomplete, orphan } = summary.calls
    const { entry, leaf, exit } = plain.lines
    expect(complete + orphan).toBe(leaf + exit)
    expect(complete + incomplete).toBe(entry + leaf)
  })

  test('every function begins and ends as often as the text says, and as long', () => {
    const hasExitsOnly = summary.diagnostics.some(({ name }) => name === 'exits-only')
    expect(calls.begun).toEqual(hasExitsOnly ? plain.ended : plain.begun)
    expect(sum(calls.ended)).toBe(sum(plain.ended) + plain.namelessExits)
    // An exit without a name is one more call of some function; nothing else may differ.
    for (const [func, ended] of plain.ended)
      expect(calls.ended.get(func)).toBeGreaterThanOrEqual(ended)
    if (plain.namelessExits === 0) expect(calls.ended).toEqual(plain.ended)
    if (!summary.columns.includes('DURATION')) return
    expect(sum(calls.nanos)).toBe(sum(plain.nanos) + plain.namelessNanos)
    for (const [func, nanos] of plain.nanos)
      expect(calls.nanos.get(func)).toBeGreaterThanOrEqual(nanos)
    if (plain.namelessExits === 0) expect(calls.nanos).toEqual(plain.nanos)
  })

  test('every format is written', () => {
    for (const { name } of formats) {
      const isEmpty =
        (name === 'folded' && calls.roots === 0) || (name === 'ndjson' && calls.ended.size === 0)
      expect(bytesOf(name).length > 0, name).toBe(!isEmpty)
    }
  })

  test('weights add up to the measured roots and what callees have too much', () => {
    expect(sumOfFolded(bytesOf('folded'))).toBe(calls.roots + calls.excess)
    const totals = [...totalsOfPprof(bytesOf('pprof')).values()]
    expect(totals.reduce((all, { self }) => all + self, 0)).toBe(calls.roots + calls.excess)
    expect(totals.reduce((all, { calls }) => all + calls, 0)).toBe(sum(calls.ended))
  })
})

test('the counts are those of the table', async () => {
  const heads = [
    'capture',
    'columns',
    ...Object.keys(noLines()),
    'complete',
    'incomplete',
    'orphan',
  ]
  const rows = [heads, ...frozen.toSorted()].map(row => `${row.join('\t')}\n`)
  expect(frozen.length).toBe(139)
  await expect(rows.join('')).toMatchFileSnapshot('corpus/counts.txt')
})

/**
 * Of a timeline, by function: how many calls begin and end with a duration, and how long they are.
 * Of all: the durations of the roots, which are the measured calls that no measured one encloses,
 * and by how much callees exceed their measured callers.
 */
class MeasuredCalls implements TimelineSink {
  readonly begun = new Map<string, number>()
  readonly ended = new Map<string, number>()
  readonly nanos = new Map<string, number>()
  excess = 0
  readonly #names: string[] = []
  /** For each track, nanoseconds in callees for each open call; the last ones are its roots'. */
  readonly #inside: number[][] = []

  get roots(): number {
    return this.#inside.reduce((all, [roots = 0]) => all + roots, 0)
  }

  defineFunction: TimelineSink['defineFunction'] = (id, definition) => {
    this.#names[id] = functionName(definition)
  }

  defineTrack: TimelineSink['defineTrack'] = id => {
    this.#inside[id] ??= [0]
  }

  begin: TimelineSink['begin'] = (track, func) => {
    this.#inside[track]?.push(0)
    if (func !== UNNAMED) add(this.begun, this.#names[func], 1)
  }

  end: TimelineSink['end'] = (track, func, _at, duration) => {
    const open = this.#inside[track]
    const inside = open.pop() as number
    open[open.length - 1] = (open.at(-1) as number) + (duration === UNMEASURED ? inside : duration)
    if (duration === UNMEASURED) return
    this.excess += Math.max(0, inside - duration)
    add(this.ended, this.#names[func], 1)
    add(this.nanos, this.#names[func], duration)
  }

  start = ignored.start
  defineLane = ignored.defineLane
  migrate = ignored.migrate
  instant = ignored.instant
  beginSection = ignored.beginSection
  endSection = ignored.endSection
  count = ignored.count
  lost = ignored.lost
  finish = ignored.finish
}

interface PlainText {
  readonly lines: LineCounts
  readonly lostEvents: number
  /** By function, as in `MeasuredCalls`. */
  readonly begun: ReadonlyMap<string, number>
  readonly ended: ReadonlyMap<string, number>
  readonly nanos: ReadonlyMap<string, number>
  /** Exits that do not say what they close. */
  readonly namelessExits: number
  readonly namelessNanos: number
}

/** The text of a dump in a log, its stamps taken off; further lines of a record have as many blanks. */
function dumpIn(log: string): string {
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

function plainlyRead(text: string): PlainText {
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

function add(totals: Map<string, number>, name: string, amount: number): void {
  totals.set(name, (totals.get(name) ?? 0) + amount)
}

function sum(totals: ReadonlyMap<string, number>): number {
  return [...totals.values()].reduce((all, one) => all + one, 0)
}
