/**
 * The two scanners of the call graph: whatever `FastScanner` scans, `GraphScanner` reads in the same
 * way, in every layout; and it reads nearly all of what real traces are made of.
 */
import { describe, expect, test } from 'vitest'
import { LF } from '../../src/base/ascii.js'
import { Interner } from '../../src/base/interner.js'
import { recognizeGraph } from '../../src/ingest/dialects/kernel.js'
import { Engine } from '../../src/ingest/engine.js'
import { readNotes } from '../../src/ingest/lines/call-notes.js'
import { FastScanner } from '../../src/ingest/lines/fast-scanner.js'
import { GraphScanner } from '../../src/ingest/lines/graph-scanner.js'
import { KeptNotes } from '../../src/ingest/lines/kept-notes.js'
import { type Layout, layouts } from '../../src/ingest/lines/layouts.js'
import { Tasks } from '../../src/ingest/lines/task-cells.js'
import { ENTRY, EXIT, emptyLine, type TraceLine } from '../../src/ingest/lines/trace-line.js'
import { NO_MATCH } from '../../src/ingest/text/scanning.js'
import { shownNotes } from '../../src/timeline/notes.js'
import { corpus } from '../captures.js'
import { readCapture } from '../read-trace.js'

test.each(corpus(/^(?!.*(-tc-|dmesg|serial))/))('%s', path => {
  const text = readCapture(path)
  const layout = recognizeGraph(
    text.subarray(0, 64 * 1024),
    new Interner(() => {}),
    new Tasks(),
  )?.layout
  if (!layout) throw new Error('no layout')
  const { fast, scanned } = readTwice(text, layout)
  expect(fast).toEqual(scanned)
})

test('most lines of a trace', () => {
  const text = readCapture('test/corpus/6.12-full-proc-abstime.txt.gz')
  const layout = layouts.find(
    ({ time, cpu, task, flags, duration }) =>
      time === 'absolute' && cpu && task && flags === 'none' && duration,
  ) as Layout
  const { calls, scanned } = readTwice(text, layout)
  expect(scanned.length).toBeGreaterThan(calls * 0.99)
})

describe('left to the other scanner', () => {
  const layout = layouts.find(
    ({ time, cpu, task, flags, duration }) =>
      time === 'none' && cpu && !task && flags === 'none' && duration,
  ) as Layout

  test.each([
    [' 0)   1.000 us    |  unknown();'],
    [' 0)   1.000 us    |  known(a=1)'],
    [' 0)   1.000 us    |  unknown(); /* ret=0x0 */'],
    [' 0)   1.000 us    |  known() /* ret=0x0 */'],
    [' 0)   1.000 us    |  known(); /* ret=0x0'],
    [' 0)   1.000 us    |  known(); /* ret=0x0 */ '],
    [' 0)   1.000 us    |  known();\r'],
    [' 0)   1.000 us    |  known() {'],
    [' 0)               |  known();'],
    [' 0)               |  }'],
    [' 0)   1.000 us    |  } /* unknown */'],
    [' 0)   1.000 us    |  } /* unknown ret=0x0 */'],
    [' 0)   1.000 us    |  } /* known here */'],
    [' 0)   1.000 us    |  } /* known [module ret=0x0 */'],
    [' 0)   1.000 us    |  } /* known ret=0x0'],
    [' 0)   1.0000 us   |  known();'],
    [' 0)   18446744073709551.615 us |  known();'],
    [' 0)   1.000 us  known();'],
    [' 0)               |  /* known() */'],
    ['  ------------------------------------------'],
    [''],
  ])('%s', line => {
    const fast = fastScanner(['known'])
    fast.layout = layout
    expect(read(fast, `${line}\n`)).toEqual([])
    expect(read(fast, ` 0)   1.000 us    |  known();\n${line}\n`)).toHaveLength(1)
  })

  test('names that there is no room for', () => {
    const long = 'f'.repeat(600)
    const fast = fastScanner(['known', long])
    fast.layout = layout
    expect(read(fast, ` 0)   1.000 us    |  ${long}();\n`)).toEqual([])
    for (let id = 3; id < 100_000; id++) fast.learnFunction(id, `another_${id}`)
    expect(read(fast, ' 0)   1.000 us    |  known();\n')).toMatchObject([{ func: 1 }])
    expect(read(fast, ' 0)   1.000 us    |  another_5();\n')).toMatchObject([{ func: 5 }])
    expect(read(fast, ' 0)   1.000 us    |  another_99999();\n')).toEqual([])
  })
})

describe('notes', () => {
  const layout = layouts.find(
    ({ time, cpu, task, flags, duration }) =>
      time === 'none' && cpu && !task && flags === 'none' && duration,
  ) as Layout
  const leaf = ' 0)   1.000 us    |  '
  const entry = ' 0)               |  '

  test.each([
    `${leaf}f(); /* ret=0x0 */`,
    `${leaf}f(); /* = -22 */`,
    `${leaf}f(a=1, b="); /* {"); /* ret=-2 */`,
    `${leaf}f(a=1);`,
    `${entry}f(a=1) {`,
    `${entry}f() { /* <-g+0x1d/0x40 [module] */`,
    `${leaf}f(a=1); /* <-g+0x1d/0x40 ret=0x0 */`,
    `${leaf}f(); /* <-g+0x1d/0x40 = 0x0 */`,
    `${leaf}f(); /* <- */`,
    `${leaf}f(); /* ret= */`,
    `${leaf}f(); /* = */`,
    `${leaf}f(); /* here */`,
    `${leaf}f(...);`,
    `${leaf}f [module](); /* ret=0xffffffea */`,
    `${leaf}} /* f ret=-22 */`,
    `${leaf}} /* f = -22 */`,
    `${leaf}} /* f [module] ret=-22 */`,
    `${leaf}} /* ret=-22 */`,
    `${leaf}} /* = 0x0 */`,
    `${leaf}} /* f <-g+0x1d/0x40 ret=0x0 */`,
  ])('%s', line => {
    const { fast, scanned, notes } = readTwice(
      new TextEncoder().encode(`${line}\n`.repeat(3)),
      layout,
    )
    expect(fast).toHaveLength(3)
    expect(fast).toEqual(scanned)
    // All are let go of: their numbers are free.
    const some = readNotes(new Uint8Array(0), emptyLine())
    expect(Math.max(...fast.map(() => notes.keep(some)))).toBeLessThanOrEqual(3)
  })

  test('of values that few calls return', () => {
    const line = (value: number) => `${leaf}f(); /* ret=0x${value.toString(16)} */\n`
    const text = Array.from({ length: 10_000 }, (_, value) => line(value) + line(value >> 4))
    const { fast, scanned } = readTwice(new TextEncoder().encode(text.join('')), layout)
    expect(fast).toHaveLength(20_000)
    expect(fast).toEqual(scanned)
  })

  test('that nobody wants', () => {
    const fast = fastScanner(['f'])
    fast.layout = layout
    const [line] = read(fast, `${leaf}f(a=1); /* <-g ret=0x0 */\n`)
    expect(line).toMatchObject({ func: 1, hasNotes: false, notes: undefined })
  })
})

/** The lines of calls by both scanners, of which the first has been told all names by the other. */
function readTwice(capture: Uint8Array, layout: Layout) {
  const notes = new KeptNotes()
  const fast = new FastScanner(new Engine(), notes, true)
  const { bytes } = fast
  const text = capture.subarray(0, capture.lastIndexOf(LF, bytes.length - 1) + 1)
  const functions = new Interner((id, name) => fast.learnFunction(id, name))
  const tasks = new Tasks((id, cell) => fast.learnTask(id, cell))
  const scanner = new GraphScanner(layout, functions, tasks)
  bytes.set(text)
  const lines = new Map<number, string>()
  const line = emptyLine()
  let calls = 0
  for (let at = 0; at < text.length; at = text.indexOf(LF, at) + 1) {
    if (scanner.scan(bytes, at, line) === NO_MATCH || line.kind > EXIT) continue
    line.notes = line.hasNotes ? readNotes(bytes, line) : undefined
    lines.set(at, said(line))
    calls++
  }
  fast.layout = layout
  const found: string[] = []
  const scanned: (string | undefined)[] = []
  for (let at = 0; at < text.length; ) {
    const count = fast.scan(at, text.length)
    for (let index = 0; index < count; index++) {
      fast.fill(line, index)
      found.push(said(line))
      scanned.push(lines.get(fast.begin(index)))
    }
    at = count > 0 ? fast.end(count - 1) : text.indexOf(LF, at) + 1
  }
  return { fast: found, scanned, calls, notes }
}

/** The fields that both scanners set, where a line has them. */
function said(line: TraceLine): string {
  const { kind, cpu, task, seconds, nanos, depth, func, hasNotes, isInInterrupt } = line
  const notes = line.notes && shownNotes(line.notes)
  const duration = kind === ENTRY ? '' : line.duration
  const time = Number.isNaN(nanos) ? '0 0' : `${seconds} ${nanos}`
  return [kind, cpu, task, time, depth, func, duration, isInInterrupt, hasNotes, notes].join(' ')
}

function fastScanner(names: readonly string[]): FastScanner {
  const fast = new FastScanner(new Engine(), new KeptNotes(), false)
  for (const [index, name] of names.entries()) fast.learnFunction(index + 1, name)
  return fast
}

function read(fast: FastScanner, text: string): TraceLine[] {
  const bytes = new TextEncoder().encode(text)
  fast.bytes.set(bytes)
  const line = emptyLine()
  return Array.from({ length: fast.scan(0, bytes.length) }, (_, index) => {
    fast.fill(line, index)
    return { ...line }
  })
}
