import { describe, expect, test } from 'vitest'
import { deep, fileOf, outputOf, packagePath, seed, selfTimes, tasks } from './consumers.js'

/** It asks for Node 24, which npm brings as a program. */
const node = () => packagePath(`node-linux-${process.arch}/bin/node`)
const cli = () => packagePath('@firefox-devtools/profiler-cli/dist/profiler-cli.js')

interface Functions {
  readonly functions: readonly {
    readonly name: string
    readonly library: string
    readonly selfSamples: number
    readonly totalSamples: number
  }[]
}

interface Threads {
  readonly threads: readonly { readonly threadHandle: string; readonly name: string }[]
}

/** The answers of profiler-cli about a file: a daemon holds it for as long as we ask. */
async function asked<T>(
  capture: string,
  ask: (profiler: <A>(...args: string[]) => A, file: Awaited<ReturnType<typeof fileOf>>) => T,
  absoluteTime = false,
): Promise<T> {
  const file = await fileOf('firefox', capture, { absoluteTime })
  const env = { ...process.env, HOME: file.folder }
  const said = (...args: string[]) => outputOf(node(), [cli(), ...args], { env })
  const session = `fgraph-${process.pid}-${Math.random().toString(36).slice(2)}`
  said('load', '--session', session, file.path)
  try {
    return ask((...args) => JSON.parse(said(...args, '--session', session, '--json')), file)
  } finally {
    said('stop', session)
  }
}

describe.each([deep, tasks, seed])('profiler-cli of %s', capture => {
  test('self time of each function, to the nanosecond', async () => {
    const [found, expected] = await asked(capture, (profiler, { totals }) => {
      const sums = new Map<string, number>()
      for (const { threadHandle } of profiler<Threads>('thread', 'list').threads) {
        const args = ['thread', 'functions', '--limit', '0', '--thread', threadHandle]
        for (const { name, library, selfSamples } of profiler<Functions>(...args).functions) {
          const shown = library === 'kernel' ? name : `${name} [${library}]`
          sums.set(shown, (sums.get(shown) ?? 0) + selfSamples)
        }
      }
      const nanos = [...sums].map(([name, millis]) => [name, Math.round(millis * 1e6)] as const)
      return [new Map(nanos.filter(([, self]) => self > 0)), selfTimes(totals)]
    })
    expect(found).toEqual(expected)
  })
})

test('profiler-cli: the uptime of a profile with the times of the trace', async () => {
  const told = (absoluteTime: boolean) =>
    asked(
      'golden/proc-abstime/input.txt',
      profiler => profiler<{ uptimeMs: number; durationMs: number }>('profile', 'meta'),
      absoluteTime,
    )
  const [since, absolute] = [await told(false), await told(true)]
  expect([since.uptimeMs, absolute.uptimeMs]).toEqual([0, 174814.787])
  expect(absolute.durationMs).toBeCloseTo(since.durationMs, 6)
})
