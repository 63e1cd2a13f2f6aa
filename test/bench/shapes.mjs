#!/usr/bin/env node
// Writes a function_graph trace of a given shape to standard output, with timestamps and tasks.
// usage: shapes.mjs [--mb 100] [--tasks 16] [--functions 500] [--depth 20] > trace.txt
//
// There are as many programs as functions. A program calls down to a depth of its own, with a leaf beside every other
// call, always the same functions; a task runs a random one, then another task has its turn. So the number of distinct
// stacks grows with that of functions and with the depth, and not with the length of the trace.
import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'

const numbers = { mb: '100', tasks: '16', functions: '500', depth: '20' }
const { values } = parseArgs({
  options: Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, { type: 'string', default: value }]),
  ),
})
const [megabytes, tasks, functions, depth] = Object.keys(numbers).map(name => Number(values[name]))
const CPUS = 4
const BLOCK = 256 * 1024

let seed = 1
// Numerical Recipes' generator: the same trace each time.
function random(below) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return Math.floor((seed / 2 ** 32) * below)
}

const VERBS = ['read', 'write', 'lookup', 'alloc', 'free', 'lock', 'queue', 'update']
const names = Array.from(
  { length: functions },
  (_, id) => `${VERBS[id % VERBS.length]}_object_${id}`,
)

// The lines of a program: microseconds since its begin, and what stands behind the task column.
const programs = names.map((_, id) => program(id))

function program(id) {
  const levels = 1 + (id % depth)
  const lines = []
  let at = 0
  const name = level => names[(id + level * 7919) % functions]
  const line = (micros, text) => lines.push({ at, tail: `|${duration(micros)}|  ${text}\n` })
  const begins = []
  for (let level = 0; level < levels - 1; level++, at++) {
    begins.push(at)
    line(undefined, `${'  '.repeat(level)}${name(level)}() {`)
    if (level % 2) continue
    at++
    line(0.25, `${'  '.repeat(level + 1)}${name(level + 3)}();`)
  }
  line(0.5, `${'  '.repeat(levels - 1)}${name(levels - 1)}();`)
  for (let level = levels - 2; level >= 0; level--) {
    at++
    line(at - begins[level], `${'  '.repeat(level)}}`)
  }
  return { lines, span: at + 1 }
}

function duration(micros) {
  if (micros === undefined) return ' '.repeat(15)
  const overhead = micros > 1000 ? '#' : micros > 100 ? '!' : micros > 10 ? '+' : ' '
  return ` ${overhead} ${`${micros.toFixed(3)} us`.padEnd(12)}`
}

// The kernel's column of tasks.
function centred(text) {
  return text.padStart(text.length + ((14 - text.length) >> 1)).padEnd(14)
}

function write(text) {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if (error.code === 'EPIPE') process.exit(0)
      if (error.code !== 'EAGAIN') throw error
    }
  }
  return bytes.length
}

let written = write(
  '# tracer: function_graph\n#\n#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS\n' +
    '#      |          |     |    |           |   |                     |   |   |   |\n',
)
let now = 1e6
let text = ''
while (written + text.length < megabytes * 1e6) {
  const task = random(tasks)
  const { lines, span } = programs[random(functions)]
  const head = ` |  ${String(task % CPUS).padStart(2)}) ${centred(`task-${1000 + task}`)} `
  for (const { at, tail } of lines) {
    const micros = now + at
    text += `${String(Math.floor(micros / 1e6)).padStart(5)}.${String(micros % 1e6).padStart(6, '0')}${head}${tail}`
  }
  now += span
  if (text.length < BLOCK) continue
  written += write(text)
  text = ''
}
write(text)
