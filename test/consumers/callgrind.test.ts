import { expect, test } from 'vitest'
import { inclusiveOf } from '../emit/inclusive.js'
import { deep, fileOf, said, seed, tasks } from './consumers.js'

const WHOLE = ['--threshold=100', '--auto=no', '--show-percs=no']

test.each([deep, tasks, seed])('callgrind_annotate of %s', async capture => {
  const { path, totals, weights } = await fileOf('callgrind', capture)
  const annotated = (...options: string[]) =>
    costsIn(said('callgrind_annotate', [...WHOLE, ...options, path]))
  const self = [...totals].flatMap(([name, { self, calls }]) =>
    self > 0 ? [[name, [self, calls]] as const] : [],
  )
  expect(annotated()).toEqual(new Map(self))
  const inclusive = annotated('--inclusive=yes')
  for (const [name, nanos] of inclusiveOf(weights)) {
    if (nanos > 0) expect(inclusive.get(name)?.[0], name).toBe(nanos)
  }
})

/** `78,524 222 ??:nf_hook [ip_tables]` */
function costsIn(page: string): Map<string, number[]> {
  const rows = page.matchAll(/^ *([\d,]+) +([\d,.]+) +\?\?:(.+) \[(\w+)\]$/gm)
  return new Map(
    [...rows].map(([, nanos = '', calls = '', name, object]) => [
      object === 'kernel' || object === 'tasks' ? `${name}` : `${name} [${object}]`,
      [nanos, calls].map(number => Number(number.replaceAll(',', '').replace('.', '0'))),
    ]),
  )
}
