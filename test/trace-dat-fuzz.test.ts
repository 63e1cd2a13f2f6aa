/**
 * trace.dat files, damaged: each is read as far as it goes, or refused in a sentence, in time that its length
 * bounds. Every test has its seeds in its name; `npm run test:long` runs 10^5 of them.
 */
import { expect, test } from 'vitest'
import { bytesInMemory } from '../src/base/bytes-at.js'
import { UserError } from '../src/base/user-error.js'
import { openRecording } from '../src/ingest/trace-dat/index.js'
import { TraceReader } from '../src/ingest/trace-reader.js'
import { checked } from '../src/timeline/checked.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { isLong } from './captures.js'
import { readCapture } from './read-trace.js'
import { Random } from './simulator/random.js'
import { traceDat } from './trace-dat/writer.js'

const SEEDS = Number(process.env.SEEDS ?? (isLong ? 100_000 : 2000))
const FIRST = Number(process.env.FIRST ?? 0)
/** In one test. */
const BATCH = 1000

const START = 5_000_000_000
const VFS_READ = 0xffffffff81001000n

const sources = [
  readCapture('golden/trace-dat-v6/input.dat.gz'),
  readCapture('golden/trace-dat-v7/input.dat.gz'),
  ...([6, 7] as const).flatMap(version =>
    [false, true].map(isBig => small(version, isBig, version === 7 && isBig)),
  ),
]

test.each(Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, index) => FIRST + index * BATCH))(
  `${BATCH} seeds from %i on`,
  async first => {
    for (let seed = first; seed < first + BATCH; seed++) {
      const random = new Random(seed)
      const bytes = damaged(random, random.pick(sources))
      try {
        await expectSound(bytes)
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  },
  600_000,
)

async function expectSound(bytes: Uint8Array): Promise<void> {
  try {
    const recording = await openRecording(bytesInMemory(bytes))
    const reader = new TraceReader(checked(ignored))
    for (const _ of reader.readRecordings([{ name: 'a', recording }], { buffer: 'all' }));
    const { lines, diagnostics } = reader.finish()
    // Cpus may share pages in a damaged file, but no record is shorter than a word.
    const cpus = recording.buffers.reduce((sum, { cpus }) => sum + cpus.length + 1, 0)
    expect(lines.total).toBeLessThanOrEqual((bytes.length * MOST_UNPACKED * cpus) / 4)
    for (const { count } of diagnostics) expect(count).toBeGreaterThan(0)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect((error as Error).message).toMatch(/^[^\n]{10,200}$/)
  }
}

/** zlib unpacks a byte to so many at most. */
const MOST_UNPACKED = 1032

function damaged(random: Random, whole: Uint8Array): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(whole)
  for (let count = random.magnitude(1, 20); count > 0; count--) {
    const at = random.between(0, bytes.length - 1)
    // Cut off now and then: most of a file is to be left.
    if (random.chance(0.03)) bytes = bytes.subarray(0, at)
    switch (random.between(0, 4)) {
      case 0:
        bytes[at] = random.between(0, 256 - 1)
        break
      case 1:
        bytes.fill(0, at, at + random.magnitude(1, 4096))
        break
      case 2:
        bytes.fill(255, at, at + random.magnitude(1, 16))
        break
      case 3:
        bytes.copyWithin(
          at,
          random.between(0, bytes.length - 1),
          random.between(0, bytes.length - 1),
        )
        break
      default:
        bytes[at] = (bytes[at] as number) ^ (1 << random.between(0, 8 - 1))
    }
    if (bytes.length < 16) break
  }
  return bytes
}

function small(version: 6 | 7, isBig: boolean, isPacked: boolean): Uint8Array {
  const values = { common_pid: 100, func: VFS_READ, depth: 0 }
  const items = [
    { at: START, event: 'funcgraph_entry', values },
    { at: START + 9, event: 'funcgraph_exit', values: { ...values, calltime: 1, rettime: 9 } },
    { at: START + 10, event: 'print', values: { common_pid: 100, ip: VFS_READ, buf: 'hello\n' } },
    { at: START + 11, event: 'kernel_stack', values: { common_pid: 100, size: 1 } },
    { at: START + 12, event: 'softirq_entry', values: { common_pid: 100, vec: 1 } },
  ]
  const page = { time: BigInt(START), items }
  return traceDat({
    version,
    isBig,
    compression: isPacked ? 'zlib' : 'none',
    comms: '100 cat\n',
    kallsyms: 'ffffffff81001000 T vfs_read\n',
    buffers: [
      {
        pages: new Map([
          [0, [page, { ...page, lost: 3 }]],
          [2, [page]],
        ]),
      },
      { name: 'other', pages: new Map([[0, [page]]]) },
    ],
  })
}
