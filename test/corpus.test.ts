/**
 * Real kernel text, read whole, against the finds of plain regular expressions in the same text:
 * they know nothing of layouts or stacks, but no line and no nanosecond may get lost on the way.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { formats } from '../src/emit/formats.js'
import { noLines } from '../src/ingest/trace-summary.js'
import { functionName } from '../src/timeline/names.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../src/timeline/sink.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { type Capture, capture, corpus, isLong } from './captures.js'
import { sumOfFolded } from './decode/folded.js'
import { totalsOfPprof } from './decode/pprof.js'
import { add, dumpIn, type PlainText, plainlyRead } from './plain-text.js'

/** Reports of trace-cmd have a test of their own. */
const captures = corpus(/^(?!.*-tc-)/)
const frozen: string[] = []

describe.each(captures)('%s', path => {
  const isLog = /dmesg|serial/.test(path)
  let known: Capture
  let calls: MeasuredCalls
  let plain: PlainText

  beforeAll(async () => {
    known = await capture(path)
    calls = new MeasuredCalls()
    known.replay(calls)
    const latin1 = Buffer.from(known.text).toString('latin1')
    plain = plainlyRead(isLog ? dumpIn(latin1) : latin1)
    frozen.push(countsOf(path, known))
  })

  test('every line is recognized, and counted as what it is', () => {
    const { total, other, ...kinds } = plain.lines
    const { summary } = known
    expect(summary.lines).toMatchObject(isLog ? kinds : plain.lines)
    expect(summary.lines.unrecognized).toBe(0)
    expect(summary.dialect).toBe(isLog ? 'printk' : 'kernel')
    expect(summary.lostEvents).toBe(plain.lostEvents)
  })

  test('every call is counted once', () => {
    const { complete, incomplete, orphan } = known.summary.calls
    const { entry, leaf, exit } = plain.lines
    expect(complete + orphan).toBe(leaf + exit)
    expect(complete + incomplete).toBe(entry + leaf)
  })

  test('every function begins and ends as often as the text says, and as long', () => {
    const { diagnostics, columns } = known.summary
    const hasExitsOnly = diagnostics.some(({ name }) => name === 'exits-only')
    expect(calls.begun).toEqual(hasExitsOnly ? plain.ended : plain.begun)
    expect(sum(calls.ended)).toBe(sum(plain.ended) + plain.namelessExits)
    // An exit without a name is one more call of some function; nothing else may differ.
    for (const [func, ended] of plain.ended)
      expect(calls.ended.get(func)).toBeGreaterThanOrEqual(ended)
    if (plain.namelessExits === 0) expect(calls.ended).toEqual(plain.ended)
    if (!columns.includes('DURATION')) return
    expect(sum(calls.nanos)).toBe(sum(plain.nanos) + plain.namelessNanos)
    for (const [func, nanos] of plain.nanos)
      expect(calls.nanos.get(func)).toBeGreaterThanOrEqual(nanos)
    if (plain.namelessExits === 0) expect(calls.nanos).toEqual(plain.nanos)
  })

  test('every format is written', () => {
    for (const { name } of formats) {
      const isEmpty =
        (name === 'folded' && calls.roots === 0) || (name === 'ndjson' && calls.ended.size === 0)
      expect(known.outputs[name].length > 0, name).toBe(!isEmpty)
    }
  })

  test('weights add up to what the roots take', () => {
    const { folded, pprof } = known.outputs
    expect(sumOfFolded(folded)).toBe(calls.roots)
    const totals = [...totalsOfPprof(pprof).values()]
    expect(totals.reduce((all, { self }) => all + self, 0)).toBe(calls.roots)
    expect(totals.reduce((all, { calls }) => all + calls, 0)).toBe(sum(calls.ended))
  })
})

test('the counts are those of the table', async () => {
  const calls = ['complete', 'incomplete', 'orphan']
  const heads = ['capture', 'columns', ...Object.keys(noLines()), ...calls].join('\t')
  if (isLong) {
    expect(frozen.length).toBe(139)
    const rows = [heads, ...frozen.toSorted()].map(row => `${row}\n`)
    await expect(rows.join('')).toMatchFileSnapshot('corpus/counts.txt')
    return
  }
  const table = readFileSync('test/corpus/counts.txt', 'utf8').split('\n')
  expect(table[0]).toBe(heads)
  for (const row of frozen) expect(table).toContain(row)
})

/** A row of the table. */
function countsOf(path: string, { summary: { columns, lines, calls } }: Capture): string {
  const name = path.replace('test/corpus/', '')
  const counts = [...Object.values(lines), ...Object.values(calls)]
  return [name, columns.join(' '), ...counts].join('\t')
}

/**
 * Of a timeline, by function: how many calls begin and end with a duration, and how long they are.
 * Of all: what the roots take, which are the measured calls that no measured one encloses; each
 * takes its duration, or what its callees take if that is more.
 */
class MeasuredCalls implements TimelineSink {
  readonly begun = new Map<string, number>()
  readonly ended = new Map<string, number>()
  readonly nanos = new Map<string, number>()
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
    open[open.length - 1] = (open.at(-1) as number) + Math.max(duration, inside)
    if (duration === UNMEASURED) return
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

function sum(totals: ReadonlyMap<string, number>): number {
  return [...totals.values()].reduce((all, one) => all + one, 0)
}
