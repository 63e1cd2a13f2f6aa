/**
 * Captures, damaged: none may break anything. Every test has its seed in its name: `-t 'seed 17'` runs
 * it again. `npm run test:long` runs all seeds.
 */
import { test } from 'vitest'
import { corpus, goldens, isLong } from './captures.js'
import { mutated } from './fuzz/mutations.js'
import { readCapture } from './read-trace.js'
import { Random } from './simulator/random.js'
import { expectSound } from './soundness.js'

const SEEDS = Number(process.env.SEEDS ?? (isLong ? 1000 : 40))
const FIRST = Number(process.env.FIRST ?? 0)
const sources = [...goldens, ...corpus()]

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))('seed %i', async seed => {
  const random = new Random(seed)
  const capture = () => Buffer.from(readCapture(random.pick(sources))).toString('latin1')
  await expectSound(Buffer.from(mutated(random, capture), 'latin1'), random.magnitude(1, 1000))
})
