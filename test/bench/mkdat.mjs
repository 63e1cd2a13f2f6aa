#!/usr/bin/env node
// Writes a big trace.dat of version 6, and the text that trace-cmd report prints of it: a real recording repeated
// until its calls are MB megabytes of text, with times moved on at each repeat. Its stacks are empty at both ends.
// usage: mkdat.mjs MB FILE.dat FILE.txt
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const [megabytes, datFile, textFile] = process.argv.slice(2)
const unpacked = path => gunzipSync(readFileSync(new URL(path, import.meta.url)))
const dat = unpacked('../../golden/trace-dat-v6/input.dat.gz')
const [header, ...lines] = unpacked('trace-dat.report.txt.gz')
  .toString('latin1')
  .trimEnd()
  .split('\n')
const stamp = /(\[\d+\] +)(\d+)\.(\d{6})(?=:)/

const PAGE = 4096
const KIND = 'flyrecord\0'
const CPUS = 2
const table = dat.lastIndexOf(KIND) + KIND.length
const places = Array.from({ length: CPUS }, (_, cpu) => ({
  at: Number(dat.readBigUInt64LE(table + 16 * cpu)),
  size: Number(dat.readBigUInt64LE(table + 16 * cpu + 8)),
}))
const pages = places.map(({ at, size }) => dat.subarray(at, at + size))
// A second more than all of it takes.
const SPAN = 2_000_000n

const repeats = Math.ceil((megabytes * 1e6) / lines.join('\n').length)
const text = openSync(textFile, 'w')
writeSync(text, `${header}\n`)
for (let repeat = 0; repeat < repeats; repeat++) {
  const moved = lines.map(line =>
    line.replace(stamp, (_, before, seconds, micros) => {
      const at = BigInt(seconds) * 1_000_000n + BigInt(micros) + BigInt(repeat) * SPAN
      return `${before}${at / 1_000_000n}.${String(at % 1_000_000n).padStart(6, '0')}`
    }),
  )
  writeSync(text, `${moved.join('\n')}\n`, null, 'latin1')
}
closeSync(text)

const file = openSync(datFile, 'w')
const head = Buffer.from(dat.subarray(0, places[0].at))
let at = head.length
for (const [cpu, each] of pages.entries()) {
  head.writeBigUInt64LE(BigInt(at), table + 16 * cpu)
  head.writeBigUInt64LE(BigInt(each.length * repeats), table + 16 * cpu + 8)
  at += each.length * repeats
}
writeSync(file, head)
for (const each of pages) {
  const moved = Buffer.from(each)
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let page = 0; page < moved.length; page += PAGE) {
      moved.writeBigUInt64LE(each.readBigUInt64LE(page) + BigInt(repeat) * SPAN * 1000n, page)
    }
    writeSync(file, moved)
  }
}
closeSync(file)
