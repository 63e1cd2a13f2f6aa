/** Recordings of trace-cmd against the text that trace-cmd itself prints of them. */
import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { CallStatistics } from '../src/analyze/call-statistics.js'
import { subjectName } from '../src/analyze/report.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { type FinishedCall, finishedCalls, tee } from '../src/timeline/sinks/index.js'
import { readCapture, readTrace } from './read-trace.js'
import { readFiles } from './trace-dat/read.js'

const folder = 'test/trace-dat/recordings'
const names = readdirSync(folder)
  .filter(name => name.endsWith('.dat.gz'))
  .map(name => name.replace('.dat.gz', ''))

describe.each(names)('%s', name => {
  const [dat, text] = [new Contents(), new Contents()]
  let summary: TraceSummary
  let ofText: TraceSummary

  beforeAll(async () => {
    summary = await readFiles([readCapture(`${folder}/${name}.dat.gz`)], dat.sink)
    ofText = readTrace(readCapture(`${folder}/${name}.report.txt.gz`), text.sink)
  })

  test('nothing is left out', () => {
    const left = summary.diagnostics.filter(({ name }) => /damaged|unknown/.test(name))
    expect(left).toEqual([])
  })

  test('the same calls, tasks and losses', () => {
    expect(summary.calls).toEqual(ofText.calls)
    expect(summary.tasks).toEqual(ofText.tasks)
    expect(summary.cpus).toEqual(ofText.cpus)
    expect(summary.lostEvents).toBe(ofText.lostEvents)
  })

  test('each function has as many calls, and as much time to the nanosecond', () => {
    // Exits behind a loss have no name in the text.
    const nameless = text.calls('[unknown]')
    const differences = [...new Set([...dat.names, ...text.names])]
      .filter(each => each !== '[unknown]')
      .map(each => dat.calls(each) - text.calls(each))
    expect(Math.min(...differences)).toBe(0)
    expect(differences.reduce((sum, each) => sum + each, 0)).toBe(nameless)
    expect(dat.nanos).toBe(text.nanos)
    if (nameless > 0) return
    for (const each of dat.names) expect([each, dat.self(each)]).toEqual([each, text.self(each)])
  })

  test('return values are those that the text has', () => {
    if (text.returned.length === 0) return
    expect(dat.returned.toSorted()).toEqual(text.returned.toSorted())
  })
})

/** What a trace has, by function. */
class Contents {
  readonly #statistics = new CallStatistics({ by: 'function' })
  readonly returned: string[] = []
  nanos = 0
  readonly sink = tee([
    this.#statistics,
    finishedCalls({
      start() {},
      finish() {},
      defineFunction() {},
      defineTrack() {},
      take: call => this.#take(call),
    }),
  ])

  get names(): string[] {
    return this.#statistics.rows().map(({ subject }) => subjectName(subject).replace(/ \[.*/, ''))
  }

  calls(name: string): number {
    const { durations, incomplete } = this.#row(name) ?? { durations: { count: 0 }, incomplete: 0 }
    return durations.count + incomplete
  }

  self(name: string): number {
    return this.#row(name)?.self ?? 0
  }

  #row(name: string) {
    const found = this.#statistics
      .rows()
      .find(({ subject }) => subjectName(subject).replace(/ \[.*/, '') === name)
    return found?.row
  }

  #take({ duration, notes }: FinishedCall): void {
    if (duration >= 0) this.nanos += duration
    const { returned } = notes ?? {}
    if (returned) this.returned.push(`${returned.text} ${returned.meaning}`)
  }
}
