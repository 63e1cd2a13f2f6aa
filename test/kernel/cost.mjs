/** Runs as root in a kernel with the function_graph tracer: what a recording costs the command that it records. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const WRITES = 5000

const cases = {
  'record vfs_write': ['vfs_write'],
  'record vfs_write --stream': ['vfs_write', '--stream'],
  'record --only vfs_write': ['--only', 'vfs_write'],
  'record, the whole kernel': [],
}

spawnSync('mount', ['-t', 'tracefs', 'tracefs', '/sys/kernel/tracing'])
// The clock counts hundredths of a second.
writing(4 * WRITES)
const alone = writing(4 * WRITES) / 4
console.log(`${WRITES} writes of 1 kB by dd alone: ${alone.toFixed(2)} s`)
for (const [name, args] of Object.entries(cases)) {
  const command = ['sh', '-c', scriptOf(WRITES)]
  const { status, stderr } = spawnSync(
    'node',
    ['/fgraph.mjs', 'record', ...args, '-o', 'x.txt', '--', ...command],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  const [calls] = /calls +(.*)/.exec(stderr)?.slice(1) ?? []
  const [lost = '0'] = /lost-events \((.*?)\)/.exec(stderr)?.slice(1) ?? []
  const seconds = taken()
  const times = (seconds / alone).toFixed(1)
  console.log(`${name}: ${seconds.toFixed(2)} s, ${times} times; ${calls}; ${lost} events lost`)
}

/** Seconds that dd takes. */
function writing(count) {
  spawnSync('sh', ['-c', scriptOf(count)])
  return taken()
}

/** Writes, and notes when that began and ended. */
function scriptOf(count) {
  const dd = `dd if=/dev/zero of=/tmp/zero bs=1k count=${count}`
  return `cat /proc/uptime > /tmp/begin; ${dd}; cat /proc/uptime > /tmp/end`
}

function taken() {
  if (!existsSync('/tmp/end')) throw new Error('dd did not run')
  const [begin, end] = ['begin', 'end'].map(name => Number.parseFloat(readFileSync(`/tmp/${name}`)))
  return end - begin
}
