/**
 * Texts of machines that never were: what a simulator knows to have happened is what must be read
 * out of what it printed. Every test has its seed in its name: `-t 'seed 17:'` runs those machines.
 * `npm run test:long` runs all seeds and all sets of options.
 */
import { describe, expect, test } from 'vitest'
import { type ErrorOrigin, ErrorOrigins } from '../src/analyze/error-origins.js'
import type { TraceSummary } from '../src/ingest/trace-summary.js'
import { functionName } from '../src/timeline/names.js'
import { isLong } from './captures.js'
import { TimelineDump } from './dump-timeline.js'
import { errorWay } from './error-way.js'
import { readTrace } from './read-trace.js'
import { expectedForest, originOf, ownNanos, taskKey } from './simulator/expected.js'
import {
  callsOf,
  excessOf,
  type Forest,
  nanosByFunction,
  outlineOf,
  rootNanos,
  type ShownCall,
  selfByFunction,
  selfByStack,
} from './simulator/forest.js'
import { type Buffers, type MachineOptions, simulate, type Task } from './simulator/machine.js'
import { readCalls } from './simulator/observed.js'
import { bytesOf, type Printed, type PrintOptions, printTrace } from './simulator/printer.js'
import { Random } from './simulator/random.js'
import { type Fate, isNoErrno, returnsOf, voids } from './simulator/returns.js'
import { cutTo, lastRunBefore, randomLoss, without } from './simulator/ring-buffers.js'

const comms = ['bash', 'python3', 'kworker/u8:1', 'ksoftirqd/0', 'systemd-journal']
const oddComms = ['x | y', '0) z', '=>y', 'a => b-1', ' lead', '-5', '}', '#x', 'a;b {', '/* c */']
/** UTF-8 that is cut within a letter, no name at all, and line feeds, which break the lines. */
const oddBytes = ['\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9', '', '<...>', 'p\nq', 'a\n\nb']

const full: PrintOptions = { abstime: true, cpu: true, proc: true, duration: true, overhead: true }
const cellOptions = [
  'abstime',
  'duration',
  'overhead',
  'tail',
  'overrun',
  'latency',
  'arrows',
] as const
const wholly = { durations: true }

test.each(seeds(60))('seed %i: a text says what happened', seed => {
  const random = new Random(seed)
  const names = random.pick([comms, oddComms, oddBytes])
  const machine = booted(random, { comms: names, interruptsTracer: true })
  const buffers = cutTo(machine, random.between(0, 4) / 10, random.between(6, 10) / 10)
  const options: PrintOptions = {
    ...full,
    ...anyOf(random, ['overhead', 'tail', 'overrun', 'latency', 'noSleepTime']),
    arrows: random.chance(0.5),
    nrCpuIds: random.pick([4, 12, 128]),
  }
  const expected = expectedForest(buffers, options)
  const { forest, self, summary } = readCalls(bytesOf(printTrace(buffers, options)))
  expect(outlineOf(forest, wholly), 'calls').toEqual(outlineOf(expected, wholly))
  expect(summary.calls).toEqual(countsOf(expected))
  expect(summary.lines.unrecognized).toBe(0)
  expect(self, 'weights of stacks').toEqual(selfByStack(expected))
  expect(misplaced(expected, forest)).toEqual([])

  const excess = excessOf(forest)
  expect(sum(self.values()), 'sum of weights').toBe(rootNanos(forest))
  // Digits that a duration lacks are no excess.
  if (excess >= 1000 * summary.calls.complete) {
    expect(summary.diagnostics.map(({ name }) => name)).toContain('children-exceed-parent')
  }
})

test.each(seeds(40))(
  'seed %i: without timestamps calls are packed, each as long as it was',
  seed => {
    const machine = booted(new Random(seed), {})
    const { forest } = readCalls(bytesOf(printTrace(machine, { ...full, abstime: false })))
    const calls = callsOf(forest)
    const turns = new Set(calls.flatMap(({ begin, end }) => [begin, end]))
    expect(calls.flatMap(call => unpacked(call, turns))).toEqual([])
  },
)

test.each(seeds(60))('seed %i: errors are found where they were born', seed => {
  const random = new Random(seed)
  // The softirqs of ksoftirqd are its own work, even those of an interrupt that hits it.
  const machine = booted(random, { comms: comms.filter(comm => !comm.startsWith('ksoftirqd')) })
  const { texts, errors } = returnsOf(machine, random)
  const options: PrintOptions = {
    ...{ ...full, ...anyOf(random, ['abstime', 'overhead', 'tail', 'overrun', 'latency']) },
    ...{ returns: texts, oldReturns: random.chance(0.3) },
  }
  const text = bytesOf(printTrace(machine, options))
  for (const interrupts of ['inline', 'apart'] as const) {
    const found = new ErrorOrigins()
    readTrace(text, found, undefined, { interrupts })
    expect(fatesOf(found), interrupts).toEqual(errors)
    expect(found.returns).toBe(texts.size)
    expect(found.heldBack.unnamed).toBe([...texts.values()].filter(isNoErrno).length)
  }
  expect(errors.size).toBeGreaterThan(20)
})

describe.each(seeds(1))('seed %i: every set of options shows the same calls', seed => {
  const random = new Random(seed)
  const machine = booted(random, { records: 160, interruptsTracer: true })
  const single = booted(random, { records: 160, interruptsTracer: true, cpus: 1 })

  test.each([
    ['with cpus and tasks', cutTo(machine, 0.2, 1), { cpu: true, proc: true }],
    ['with cpus and switch blocks', machine, { cpu: true }],
    ['with the tasks of one cpu', single, { proc: true }],
    ['with the switch blocks of one cpu', single, {}],
  ])('%s', (_, buffers, columns) => {
    for (const cells of isLong ? setsOf(cellOptions) : singlesOf(cellOptions)) {
      const options = { ...columns, ...cells }
      const respects = { durations: cells.duration === true }
      const { forest, summary } = readCalls(bytesOf(printTrace(buffers, options)))
      const expected = outlineOf(expectedForest(buffers, options), respects)
      expect(outlineOf(forest, respects), JSON.stringify(options)).toEqual(expected)
      expect(summary.lines.unrecognized, JSON.stringify(options)).toBe(0)
    }
  })
})

test.each(seeds(40))('seed %i: every call counts where switch blocks name tasks late', seed => {
  const options = { ...full, proc: false }
  const buffers = cutTo(booted(new Random(seed), {}), 0.3, 1)
  const printed = printTrace(buffers, options)
  const { forest, summary } = readCalls(bytesOf(printed))
  expect(edgesRead(summary)).toEqual(edgesPrinted(printed))
  expect(nanosByFunction(forest)).toEqual(nanosByFunction(expectedForest(buffers, options)))
})

test.each(seeds(5))('seed %i: chunks of any size give the same timeline', seed => {
  const machine = booted(new Random(seed), { records: 300, comms: oddBytes })
  const text = bytesOf(printTrace(machine, full))
  for (const size of [1, 7, 64, 1000]) expect(dumped(text, size)).toEqual(dumped(text))
})

test.each(seeds(60))('seed %i: lost events take along what they are about, and no more', seed => {
  const random = new Random(seed)
  const machine = booted(random, { cpus: random.between(2, 4) })
  const loss = randomLoss(random, machine)
  const printed = printTrace(without(machine, loss), full)
  const whole = expectedForest(machine, full)
  const { forest, summary } = readCalls(bytesOf(printed))
  const from = loss.before.at - originOf(machine)
  const to = loss.after.at - originOf(machine)
  const lastRun = lastRunBefore(machine, loss).map(taskKey)

  expect(edgesRead(summary)).toEqual(edgesPrinted(printed))
  expect(summary).toMatchObject({ lostEvents: loss.records.length, lines: { lost: 1 } })

  const hit = new Set([...lastRun, ...loss.records.map(({ call }) => taskKey(call.task))])
  const spared = (calls: Forest) =>
    new Map([...outlineOf(calls, wholly)].filter(([task]) => !hit.has(task)))
  expect(spared(forest), 'other tasks').toEqual(spared(whole))

  for (const task of whole.keys()) {
    const begun = callsOfTask(whole, task).filter(({ begin }) => begin < from)
    const told = ({ name, duration }: ShownCall, index: number) =>
      `${name} ${begun[index].end < from ? duration : ''}`
    const shown = callsOfTask(forest, task).slice(0, begun.length)
    expect(shown.map(told), 'calls that had begun').toEqual(begun.map(told))
  }

  const goesOn = ({ hasEntry, duration, begin, end }: ShownCall) =>
    hasEntry && !Number.isNaN(duration) && begin < from - 1000 && end > to + 1000
  const across = lastRun.flatMap(task => callsOfTask(forest, task).filter(goesOn))
  expect(across, 'calls of what the cpu ran last').toEqual([])
})

/** The self time of a missing line's call may count for another call. */
describe.each(seeds(40))('seed %i: no more time moves than belongs to missing lines', seed => {
  test.each(['one in a hundred', 'those at both ends'])('%s', which => {
    const random = new Random(seed)
    const options = { ...full, tail: random.chance(0.5), noSleepTime: random.chance(0.5) }
    const machine = booted(random, {})
    const printed = printTrace(machine, options)
    const kept =
      which === 'one in a hundred'
        ? thinned(random, printed)
        : printed.slice(random.between(1, printed.length >> 1), -random.between(1, 500))
    const { forest, summary } = readCalls(bytesOf(kept))
    expect(edgesRead(summary)).toEqual(edgesPrinted(kept))

    const left = new Set(kept)
    const missing = printed.flatMap(line => (line.call && !left.has(line) ? line.call : []))
    const own = ownNanos(machine, options)
    const movable = sum([...new Set(missing)].map(call => Math.max(0, own.get(call) ?? 0)))
    const before = selfByFunction(expectedForest(machine, options))
    expect(distance(before, selfByFunction(forest))).toBeLessThanOrEqual(2 * movable)
  })
})

test.todo('A first line that was cut within its seconds does not stand hours before the second.')
test.todo('A task that a switch block names late goes on with its calls from another cpu.')

/** All seeds, or the first tenth. */
function seeds(count: number): number[] {
  return Array.from({ length: isLong ? count : Math.ceil(count / 10) }, (_, seed) => seed)
}

function booted(random: Random, options: Partial<MachineOptions>): Buffers {
  return simulate(random, { cpus: random.between(1, 4), comms, records: 2500, ...options })
}

/**
 * What became of the errors of each kind, less those of functions that return nothing. Of ways only the example is known: it
 * is one that surfaced, if any did.
 */
function fatesOf(errors: ErrorOrigins): Map<string, unknown> {
  const nameOf = (func: number) => functionName(errors.functions[func])
  const isReal = ({ func }: ErrorOrigin) => !voids.includes(nameOf(func))
  return new Map(
    errors.origins.filter(isReal).map(origin => {
      const { func, error, outcomes, swallowed, turned, example } = origin
      const way = errorWay(origin, errors)
      const outcome = outcomes.surfaced > 0 ? 'surfaced' : example.outcome
      const ways = {
        asymmetricMatch: (all: Fate['ways']) => all[outcome].has(way),
        toString: () => way,
      }
      const by = Object.fromEntries([...swallowed].map(([func, times]) => [nameOf(func), times]))
      return [
        `${nameOf(func)} ${error}`,
        { outcomes, swallowed: by, turned: Object.fromEntries(turned), ways },
      ]
    }),
  )
}

/** Each of the options on or off. */
function anyOf(random: Random, names: readonly (keyof PrintOptions)[]): PrintOptions {
  return Object.fromEntries(names.map(name => [name, random.chance(0.5)]))
}

/** Every choice of options that are on. */
function setsOf(names: readonly (keyof PrintOptions)[]): PrintOptions[] {
  return names.reduce<PrintOptions[]>(
    (sets, name) => sets.flatMap(set => [set, { ...set, [name]: true }]),
    [{}],
  )
}

/** Each option alone, all of them, and none. */
function singlesOf(names: readonly (keyof PrintOptions)[]): PrintOptions[] {
  const all = Object.fromEntries(names.map(name => [name, true]))
  return [{}, all, ...names.map(name => ({ [name]: true }))]
}

function dumped(text: Uint8Array, chunkSize?: number): string[] {
  const dump = new TimelineDump()
  readTrace(text, dump, chunkSize)
  return dump.lines
}

/**
 * A text without some of its lines, but never without two in a row of a task: the exit of a call
 * and the entry of the next one, and what that calls would look like calls of the former.
 */
function thinned(random: Random, printed: readonly Printed[]): Printed[] {
  const gaps = new Set<Task>()
  return printed.filter(({ call }) => {
    const isMissing = call !== undefined && !gaps.delete(call.task) && random.chance(0.01)
    if (isMissing) gaps.add(call.task)
    return !isMissing
  })
}

function callsOfTask(forest: Forest, task: string): ShownCall[] {
  return callsOf(new Map([[task, forest.get(task) ?? []]]))
}

function countsOf(forest: Forest): TraceSummary['calls'] {
  const counts = { complete: 0, incomplete: 0, orphan: 0 }
  for (const { hasEntry, duration } of callsOf(forest)) {
    if (Number.isNaN(duration)) counts.incomplete++
    else if (hasEntry) counts.complete++
    else counts.orphan++
  }
  return counts
}

/** How many calls begin and end by the lines of a text... */
function edgesPrinted(printed: readonly Printed[]) {
  const count = (kind: Printed['kind']) => printed.filter(line => line.kind === kind).length
  return { begins: count('entry') + count('leaf'), ends: count('exit') + count('leaf') }
}

/** ...and by what was read. */
function edgesRead({ calls: { complete, incomplete, orphan } }: TraceSummary) {
  return { begins: complete + incomplete, ends: complete + orphan }
}

/** By how much weights differ in all. */
function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const names = [...new Set([...a.keys(), ...b.keys()])]
  return sum(names.map(name => Math.abs((a.get(name) ?? 0) - (b.get(name) ?? 0))))
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((all, value) => all + value, 0)
}

/**
 * Edges that stand a microsecond or more from where they were. Where a call ended is known by the
 * time of its exit and, within that microsecond, by its duration, if that leaves out no sleep and
 * no digit. Of a leaf the entry alone has a time: an interrupt that was before it comes on top.
 */
function misplaced(expected: Forest, read: Forest): string[] {
  return [...expected.keys()].flatMap(task => {
    const shown = callsOfTask(read, task)
    return callsOfTask(expected, task).flatMap(
      ({ name, begin, end, duration, hasEntry }, index) => {
        const call = shown[index]
        const moved = hasEntry ? call.begin - begin : 0
        const [late, unseen] = Number.isNaN(duration)
          ? [0, 0]
          : [call.end - end, end - begin - duration]
        const isTrue =
          Math.abs(moved) <= 999 &&
          // A call that slept unseen ends where its duration does.
          late >= (unseen > 0 ? -1999 - unseen : -999) &&
          late <= 999 + Math.max(0, -unseen)
        return isTrue ? [] : [`${task}: ${name} begins ${moved} and ends ${late} ns late`]
      },
    )
  })
}

/**
 * Callees that do not follow one another from where their caller begins, and ends out of place.
 * A task that has been off its cpu goes on at a turn: where something of another one stands.
 */
function unpacked(
  { name, begin, end, duration, callees }: ShownCall,
  turns: ReadonlySet<number>,
): string[] {
  let at = begin
  const isLater = (place: number, due: number) => place > due && turns.has(place)
  const shifted = callees.flatMap(callee => {
    const due = at
    at = callee.end
    if (callee.begin === due || isLater(callee.begin, due)) return []
    return [`${callee.name} in ${name} at ${callee.begin}, not ${due}`]
  })
  const due = Math.max(at, Number.isNaN(duration) ? 0 : begin + duration)
  if (end === due || isLater(end, due)) return shifted
  return [...shifted, `end of ${name} at ${end}, not ${due}`]
}
