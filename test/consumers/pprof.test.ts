import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'
import { describe, expect, test } from 'vitest'
import { openPprof } from '../../src/emit/pprof/pprof.js'
import { convertCapture } from '../emit/captures.js'
import { deep, fileOf, outputOf, programPath, seed, selfTimes, tasks } from './consumers.js'

/** Everything, in whole nanoseconds. */
const WHOLE = ['-unit=ns', '-nodecount=1000000', '-nodefraction=0', '-edgefraction=0']

function pprof(...args: string[]): string {
  const remark = /tagfocus:Interpreted .* as range, not regexp\n/
  return outputOf(programPath('go'), ['tool', 'pprof', ...WHOLE, ...args], { remark })
}

/** `472115940ns 85.11% 85.11% 481793860ns 86.86%  schedule`, by function: self and inclusive. */
function topOf(...args: string[]): Map<string, readonly [number, number]> {
  const rows = pprof('-top', ...args).matchAll(
    /^ *(-?\d+)(?:ns)? +\S+% +\S+% +(-?\d+)(?:ns)? +\S+% {2}(.+)$/gm,
  )
  return new Map(
    [...rows].map(([, flat, cum, name = '']) => [
      name.replace(' (inline)', ''),
      [Number(flat), Number(cum)],
    ]),
  )
}

const selfIn = (top: ReadonlyMap<string, readonly [number, number]>) =>
  new Map([...top].flatMap(([name, [self]]) => (self > 0 ? [[name, self]] : [])))

describe.each([deep, tasks, seed])('go tool pprof of %s', capture => {
  test('-top: self time, and calls', async () => {
    const { path, totals } = await fileOf('pprof', capture)
    expect(selfIn(topOf(path))).toEqual(selfTimes(totals))
    const calls = new Map([...totals].map(([name, { calls }]) => [name, calls]))
    expect(selfIn(topOf('-sample_index=calls', path))).toEqual(calls)
  })

  test('-tree and -peek', async () => {
    const { path, totals } = await fileOf('pprof', capture)
    const all = [...totals.values()].reduce((sum, { self }) => sum + self, 0)
    expect(pprof('-tree', path)).toContain(`${all}ns, 100% of ${all}ns total`)
    const [name = ''] = totals.keys()
    expect(pprof(`-peek=^${name}$`, path)).toMatch(new RegExp(`\\d+ns .*\\| +${name}\\n`))
  })

  test('-raw: the mappings, and nothing to complain about', async () => {
    const { path } = await fileOf('pprof', capture)
    const raw = pprof('-raw', path)
    expect(raw).toMatch(/^calls\/count self\/nanoseconds\[dflt\]$/m)
    expect(raw).toMatch(/^1: 0xffffffff81000000\/.*\[kernel\.kallsyms\]/m)
  })

  test('-diff_base of itself is nothing', async () => {
    const { path } = await fileOf('pprof', capture)
    expect([...topOf(`-diff_base=${path}`, path)]).toEqual([])
  })
})

describe('labels', () => {
  test('-tagfocus: a cpu, a task', async () => {
    const { path, weights } = await fileOf('pprof', tasks)
    const sumOf = (...args: string[]) =>
      [...topOf(...args, path).values()].reduce((sum, [self]) => sum + self, 0)
    const all = weights.due.self
    const cpus = [0, 1].map(cpu => sumOf(`-tagfocus=cpu=${cpu}cpu`))
    expect(cpus.every(sum => sum > 0)).toBe(true)
    expect(cpus.reduce((a, b) => a + b)).toBe(all)
    const pids = [263, 264, 265, 266].map(pid => sumOf(`-tagfocus=pid=${pid}pid`))
    expect(pids.reduce((a, b) => a + b)).toBe(all)
    expect(sumOf('-tagfocus=thread=^python3-263$')).toBe(pids[0])
    const ofTasks = sumOf('-tagfocus=context=task')
    expect(ofTasks).toBeLessThan(all)
    expect(ofTasks + sumOf('-tagignore=context=task')).toBe(all)
  })

  test('-tagroot: tasks below their stacks', async () => {
    const { path, weights } = await fileOf('pprof', tasks)
    expect(topOf('-tagroot=comm', path).get('python3')).toEqual([0, weights.due.self])
    const threads = [...topOf('-tagroot=thread', path)].filter(([name]) => /^python3-/.test(name))
    expect(threads.map(([name]) => name).sort()).toEqual(
      ['python3-263', 'python3-264', 'python3-265', 'python3-266'].sort(),
    )
    expect(threads.reduce((sum, [, [, inclusive]]) => sum + inclusive, 0)).toBe(weights.due.self)
  })
})

test.each([deep, tasks, seed])('pprof-format of %s', capture => {
  const { bytes, totals } = convertCapture(openPprof, capture)
  const profile = Profile.decode(gunzipSync(bytes))
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] as string
  const functions = new Map(profile.function.map(({ id, name }) => [id, text(name)]))
  const leaves = new Map(
    profile.location.map(({ id, line }) => [id, functions.get(line[0]?.functionId ?? 0) as string]),
  )
  const found = new Map<string, { calls: number; self: number }>()
  for (const { locationId, value } of profile.sample) {
    const name = leaves.get(locationId[0] ?? 0) as string
    const { calls, self } = found.get(name) ?? { calls: 0, self: 0 }
    found.set(name, { calls: calls + Number(value[0]), self: self + Number(value[1]) })
  }
  expect(found).toEqual(totals)
})
