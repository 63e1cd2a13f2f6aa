/**
 * What Perfetto makes of its own format and of Trace Event JSON: of every golden, and of captures with
 * whatever else stands in traces, each call must be there with its place, its callers and its notes.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { functionName } from '../../src/timeline/names.js'
import { isAnotherLength, shownNotes } from '../../src/timeline/notes.js'
import { printedTime, totalNanos } from '../../src/timeline/printed-time.js'
import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { goldens } from '../captures.js'
import { LANES } from '../decode/chrome.js'
import { readCapture, readTrace } from '../read-trace.js'
import { deep, fileOf, tasks } from './consumers.js'
import { useTraceProcessor } from './trace-processor.js'

const ask = useTraceProcessor()

const CHOSEN = /args|retval|retaddr|events|lost|markers|names|tasks|tc-|whole|clock|noduration|3\.x/
const chosen = [
  ...goldens,
  ...readdirSync('test/corpus')
    .filter(name => CHOSEN.test(name))
    .map(name => `test/corpus/${name}`),
  deep,
  tasks,
]

/** The trace processor's counts of faults for a sound trace. */
const USUAL = ['guess_trace_type_duration_ns', 'parse_trace_duration_ns', 'clock_sync_cache_miss']
const STATS = 'select name, idx, value from stats where value > 0'
const OUTSIDE = `select c.name, c.ts, p.name, p.ts from slice c join slice p on c.parent_id = p.id
  where c.ts < p.ts or c.ts + c.dur > p.ts + p.dur or c.depth != p.depth + 1`
const NO_CALLS = [...LANES, 'sched'].map(category => `'${category}'`)
/** The calls of interrupts have the category of their events, and of what the trace processor draws by itself. */
const IS_CALL = `s.category not in (${NO_CALLS}) and s.track_id not in
  (select id from track where type in ('cpu_irq', 'cpu_softirq'))
  and not (s.category = 'irq' and s.dur = 0 and
    s.arg_set_id in (select arg_set_id from args where key in ('debug.text', 'args.text')))`
const TOTALS = `select s.name, count(*), sum(s.dur) from slice s where ${IS_CALL} group by s.name`
const CALLS = `select s.ts, s.dur, s.depth, s.name, p.name, s.arg_set_id from slice s
  left join slice p on s.parent_id = p.id where ${IS_CALL}`
const ARGUMENTS = 'select arg_set_id, key, display_value from args'

/** A call as a row of texts, its arguments last. */
type Call = readonly [
  at: string,
  dur: string,
  depth: string,
  name: string,
  caller: string,
  args: string,
]

describe.each(chosen)('%s', path => {
  test('perfetto', async () => {
    const expected = expectedOf(path)
    const losses = expected.losses.map(cpu => ['ftrace_cpu_has_data_loss', `${cpu}`, '1'])
    await expectIn('perfetto', path, expected, expected.origin, losses)
  })

  test('chrome', async () => {
    await expectIn('chrome', path, expectedOf(path), 0n, [
      ['json_display_time_unit', '[NULL]', '1'],
    ])
  })
})

test('without timestamps, what a cpu ran is in order', async () => {
  const { path } = await fileOf('perfetto', 'test/consumers/rebuilt-order.txt')
  const [stats, overlaps, ran] = ask(
    path,
    STATS,
    `select a.ts from sched a join sched b on a.cpu = b.cpu and a.ts < b.ts and a.ts + a.dur > b.ts`,
    `select t.tid, s.dur from sched s join thread t using (utid) order by s.ts`,
  )
  expect(stats.filter(([name]) => !USUAL.includes(name))).toEqual([])
  expect(overlaps).toEqual([])
  // The last one runs until the trace is at its end.
  expect(ran).toEqual([
    ['15', '2001'],
    ['14', '7999'],
    ['15', '-1'],
  ])
})

test('what cpus ran is drawn once', async () => {
  const { path } = await fileOf('perfetto', 'test/corpus/6.12-tc-full.report.txt.gz')
  const [native, lanes] = ask(
    path,
    `select 'sched', count(*) from sched union all select type, count(*) from slice s
     join track t on s.track_id = t.id where type in ('cpu_irq', 'cpu_softirq') group by 1 order by 1`,
    `select t.name, count(*) from slice s join track t on s.track_id = t.id
     where t.name like 'CPU %' group by 1`,
  )
  expect({ native, lanes }).toEqual({
    native: [
      ['cpu_irq', '164'],
      ['cpu_softirq', '236'],
      ['sched', '160'],
    ],
    lanes: [],
  })
})

async function expectIn(
  format: 'perfetto' | 'chrome',
  path: string,
  { calls }: Expected,
  origin: bigint,
  stats: readonly (readonly string[])[],
): Promise<void> {
  const file = await fileOf(format, path)
  const answers = ask(file.path, STATS, OUTSIDE, TOTALS, CALLS, ARGUMENTS)
  const [counted = [], outside, totals = [], found = [], args = []] = answers
  const unusual = counted.filter(([name = '']) => !USUAL.includes(name))
  expect({ stats: unusual.toSorted(byText), outside }).toEqual({
    stats: stats.toSorted(byText),
    outside: [],
  })
  expect(new Map(totals.map(([name, ...sums]) => [name, sums.map(Number)]))).toEqual(
    totalsOf(calls),
  )
  const argumentsOf = new Map<string, string[]>()
  for (const [set = '', key = '', value = ''] of args) {
    const list = argumentsOf.get(set) ?? []
    argumentsOf.set(set, list)
    list.push(`${key.replace(/^(?:debug|args)\./, '')}=${value}`)
  }
  const rows = found.map(([at = '', dur, depth, name, caller, set = '']) =>
    [BigInt(at) - origin, dur, depth, name, caller, argumentsOf.get(set)?.sort()].join(' | '),
  )
  expect(rows.sort()).toEqual(calls.map(call => call.join(' | ')).sort())
}

interface Expected {
  readonly calls: readonly Call[]
  /** Cpus that have lost events. */
  readonly losses: readonly number[]
  /** Nanoseconds of the first timestamp. */
  readonly origin: bigint
}

interface OpenCall {
  readonly at: number
  readonly isNamed: boolean
  readonly callees: NamedCall[]
}

interface NamedCall {
  readonly at: number
  readonly extent: number
  readonly name: string
  readonly args: readonly string[]
  readonly callees: readonly NamedCall[]
}

/** Straight from the contract of `TimelineSink`: a call that is never named gives its callees to its caller. */
function expectedOf(path: string): Expected {
  const names: string[] = []
  const stacks: OpenCall[][] = []
  const calls: Call[] = []
  const losses = new Set<number>()
  let origin = 0n
  let hasDurations = true
  const tell = ({ at, extent, name, args, callees }: NamedCall, depth: number, caller: string) => {
    calls.push([`${at}`, `${extent}`, `${depth}`, name, caller, args.toSorted().join(',')])
    for (const callee of callees) tell(callee, depth + 1, name)
  }
  const sink: TimelineSink = {
    ...ignored,
    start(facts) {
      origin = totalNanos(printedTime(facts.origin))
      hasDurations = facts.clock !== 'order'
    },
    defineFunction(id, definition) {
      names[id] = functionName(definition)
    },
    defineTrack(id) {
      stacks[id] ??= []
    },
    begin(track, func, at) {
      stacks[track].push({ at, isNamed: func !== UNNAMED, callees: [] })
    },
    end(track, func, at, duration, notes) {
      const { at: begin, isNamed, callees } = stacks[track].pop() as OpenCall
      const extent = at - begin
      const args = (notes ? shownNotes(notes) : []).map(([key, value]) => `${key}=${value}`)
      if (!isNamed) args.push('no entry=true')
      if (duration === UNMEASURED) args.push('incomplete=true')
      else if (hasDurations && isAnotherLength(extent, duration)) {
        args.push(`printed duration (ns)=${duration}`)
      }
      const call = { at: begin, extent, name: names[func], args, callees }
      const shown = func === UNNAMED ? callees : [call]
      const caller = stacks[track].at(-1)
      if (caller) caller.callees.push(...shown)
      else for (const root of shown) tell(root, 0, '[NULL]')
    },
    lost(cpu) {
      losses.add(cpu)
    },
  }
  readTrace(readCapture(path), sink)
  return { calls, losses: [...losses], origin }
}

function totalsOf(calls: readonly Call[]): Map<string, readonly number[]> {
  const totals = new Map<string, readonly number[]>()
  for (const [, extent, , name] of calls) {
    const [count = 0, sum = 0] = totals.get(name) ?? []
    totals.set(name, [count + 1, sum + Number(extent)])
  }
  return totals
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join() < b.join() ? -1 : 1
}
