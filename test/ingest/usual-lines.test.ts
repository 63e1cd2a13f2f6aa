/**
 * The two scanners of the call graph: whatever `UsualLines` reads, `GraphScanner` reads in the same
 * way, in every layout; and it reads nearly all of what real traces are made of.
 */

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LF } from '../../src/base/ascii.js'
import { Interner } from '../../src/base/interner.js'
import { recognizeGraph } from '../../src/ingest/dialects/kernel.js'
import { UsualLines } from '../../src/ingest/fast/usual-lines.js'
import { usualModule } from '../../src/ingest/fast/usual-module.js'
import { GraphScanner } from '../../src/ingest/lines/graph-scanner.js'
import { type Layout, layouts } from '../../src/ingest/lines/layouts.js'
import { Tasks } from '../../src/ingest/lines/task-cells.js'
import { ENTRY, EXIT, emptyLine, type TraceLine } from '../../src/ingest/lines/trace-line.js'
import { NO_MATCH } from '../../src/ingest/text/scanning.js'
import { readCapture } from '../read-trace.js'

const captures = readdirSync('test/corpus').filter(name =>
  /^(?!.*(-tc-|dmesg|serial)).*\.gz$/.test(name),
)

test.each(captures)('%s', name => {
  const text = readCapture(`test/corpus/${name}`)
  const layout = recognizeGraph(
    text.subarray(0, 64 * 1024),
    new Interner(() => {}),
    new Tasks(),
  )?.layout
  if (!layout) throw new Error('no layout')
  const { usual, scanned } = readTwice(text, layout)
  expect(usual).toEqual(scanned)
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
    [' 0)   1.000 us    |  known(a=1);'],
    [' 0)   1.000 us    |  known(); /* ret=0x0 */'],
    [' 0)   1.000 us    |  known();\r'],
    [' 0)   1.000 us    |  known() {'],
    [' 0)               |  known();'],
    [' 0)               |  }'],
    [' 0)   1.000 us    |  } /* unknown */'],
    [' 0)   1.000 us    |  } /* known ret=0x0 */'],
    [' 0)   1.0000 us   |  known();'],
    [' 0)   18446744073709551.615 us |  known();'],
    [' 0)   1.000 us  known();'],
    [' 0)               |  /* known() */'],
    ['  ------------------------------------------'],
    [''],
  ])('%s', line => {
    const usual = usualLines(['known'])
    usual.layout = layout
    expect(read(usual, `${line}\n`)).toEqual([])
    expect(read(usual, ` 0)   1.000 us    |  known();\n${line}\n`)).toHaveLength(1)
  })

  test('names that there is no room for', () => {
    const long = 'f'.repeat(600)
    const usual = usualLines(['known', long])
    usual.layout = layout
    expect(read(usual, ` 0)   1.000 us    |  ${long}();\n`)).toEqual([])
    for (let id = 3; id < 100_000; id++) usual.learnFunction(id, `another_${id}`)
    expect(read(usual, ' 0)   1.000 us    |  known();\n')).toMatchObject([{ func: 1 }])
    expect(read(usual, ' 0)   1.000 us    |  another_5();\n')).toMatchObject([{ func: 5 }])
    expect(read(usual, ' 0)   1.000 us    |  another_99999();\n')).toEqual([])
  })
})

/** The lines of calls by both scanners, of which the first has been told all names by the other. */
function readTwice(capture: Uint8Array, layout: Layout) {
  const usual = new UsualLines(usualModule())
  const { bytes } = usual
  const text = capture.subarray(0, capture.lastIndexOf(LF, bytes.length - 1) + 1)
  const functions = new Interner((id, name) => usual.learnFunction(id, name))
  const tasks = new Tasks((id, cell) => usual.learnTask(id, cell))
  const scanner = new GraphScanner(layout, functions, tasks)
  bytes.set(text)
  const lines = new Map<number, string>()
  const line = emptyLine()
  let calls = 0
  for (let at = 0; at < text.length; at = text.indexOf(LF, at) + 1) {
    if (scanner.scan(bytes, at, line) === NO_MATCH || line.kind > EXIT) continue
    lines.set(at, said(line))
    calls++
  }
  usual.layout = layout
  const found: string[] = []
  const scanned: (string | undefined)[] = []
  for (let at = 0; at < text.length; ) {
    const count = usual.read(at, text.length)
    for (let index = 0; index < count; index++) {
      usual.fill(line, index)
      found.push(said(line))
      scanned.push(lines.get(usual.begin(index)))
    }
    at = count > 0 ? usual.end(count - 1) : text.indexOf(LF, at) + 1
  }
  return { usual: found, scanned, calls }
}

/** What both scanners set, where a line has it. */
function said(line: TraceLine): string {
  const { kind, cpu, task, seconds, nanos, depth, func, hasNotes, isInInterrupt } = line
  const duration = kind === ENTRY ? '' : line.duration
  const time = Number.isNaN(nanos) ? '0 0' : `${seconds} ${nanos}`
  return [kind, cpu, task, time, depth, func, duration, hasNotes, isInInterrupt].join(' ')
}

function usualLines(names: readonly string[]): UsualLines {
  const usual = new UsualLines(usualModule())
  for (const [index, name] of names.entries()) usual.learnFunction(index + 1, name)
  return usual
}

function read(usual: UsualLines, text: string): TraceLine[] {
  const bytes = new TextEncoder().encode(text)
  usual.bytes.set(bytes)
  const line = emptyLine()
  return Array.from({ length: usual.read(0, bytes.length) }, (_, index) => {
    usual.fill(line, index)
    return { ...line }
  })
}
