import { expect, test } from 'vitest'
import { readLine } from '../../src/ingest/lines/line-reader.js'
import { ABSENT, emptyLine, type TraceLine } from '../../src/ingest/lines/trace-line.js'

test('a reader gets a line on which nothing but the time is left of the line before', () => {
  const line = emptyLine()
  for (const field of Object.keys(line)) Object.assign(line, { [field]: 7 })
  const seen: TraceLine[] = []
  const reader = {
    columns: [],
    hasSlots: false,
    read(_bytes: Uint8Array, at: number, blank: TraceLine) {
      seen.push({ ...blank })
      return at + 1
    },
  }
  expect(readLine(reader, new Uint8Array(1), 0, line)).toBe(1)
  expect(seen).toEqual([{ ...emptyLine(), duration: ABSENT, seconds: 7, nanos: 7 }])
})
