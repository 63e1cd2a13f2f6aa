/** Runs as root in a kernel with the function_graph tracer: records, and looks at what it has recorded. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const tracing = '/sys/kernel/tracing'
const dd = ['dd', 'if=/dev/zero', 'of=/tmp/zero', 'bs=4k', 'count=5']

/** Each check by its name. `functions` are globs; recordings of few functions start faster. */
const checks = {
  'tracefs that is not mounted is unmounted afterwards'() {
    assert.ok(!existsSync(`${tracing}/current_tracer`))
    record('--only', 'vfs_*', '-o', 'a.ndjson', '--', ...dd)
    assert.ok(!existsSync(`${tracing}/current_tracer`))
    spawnSync('mount', ['-t', 'tracefs', 'tracefs', tracing])
    // Expands the buffer, which a kernel never takes back.
    write('buffer_size_kb', read('buffer_size_kb').replace(/.*: (\d+)\)/, '$1'))
    console.log(`# ${hasInstances() ? 'with' : 'without'} instances`)
  },

  'a function is recorded, with what it calls, in the tasks of the command'() {
    const rows = recorded(['vfs_write'], ['sh', '-c', `${dd.join(' ')}; exit`])
    const roots = rows.filter(row => row.depth === 0).map(row => row.func)
    assert.deepEqual([...new Set(roots)], ['vfs_write'])
    assert.ok(rows.length > 20, 'it calls others')
    assert.ok(rows.filter(row => row.comm === 'dd').length >= 5)
    for (const { comm } of rows) assert.match(comm, /^(sh|dd)$/)
  },

  'filters let through what they name'() {
    const rows = recorded(['--only', 'vfs_*', '--notrace', 'vfs_read,vfs_f*'], dd)
    const names = new Set(rows.map(row => row.func))
    assert.ok(names.has('vfs_write'))
    for (const name of names) assert.match(name, /^vfs_(?!read$|f)/)
  },

  'a command is recorded without its neighbours, unless --all asks for them'() {
    const noise = startNoise()
    const own = recorded(['--only', 'vfs_*'], dd)
    const all = recorded(['--only', 'vfs_*', '--all'], ['sleep', '1'])
    noise.kill('SIGKILL')
    assert.ok(!own.some(row => row.comm === 'cat'))
    assert.ok(all.some(row => row.comm === 'cat'))
  },

  'levels and durations are limited'() {
    const rows = recorded(['--only', 'vfs_*,ksys_*', '--depth', '1'], dd)
    for (const { depth } of rows) assert.equal(depth, 0)
    const slow = recorded(['--only', 'vfs_*', '--min-duration', '50us'], dd)
    for (const { dur_ns } of slow) assert.ok(dur_ns >= 50_000, `${dur_ns} ns`)
  },

  'cpus are chosen, and buffers sized'() {
    const twice = 'taskset 1 cat /proc/uptime; taskset 2 cat /proc/uptime'
    const limits = ['--all', '--cpu', '1', '--buffer-size', '2M']
    const rows = recorded(['--only', 'vfs_*', ...limits], ['sh', '-c', twice])
    assert.deepEqual([...new Set(rows.map(row => row.cpu))], [1])
  },

  'events are recorded'() {
    record('--only', 'vfs_*', '-e', 'sched:sched_process_exec', '-o', 'a.txt', '--', ...dd)
    assert.match(readFileSync('a.txt', 'utf8'), /sched_process_exec: filename=.*dd/)
    assert.match(readFileSync('a.txt', 'utf8'), /^ *\d+\.\d+ \| .* dd-\d+ /m)
  },

  'a trace is read while it is recorded'() {
    const noise = startNoise()
    const rows = recorded(['--only', 'vfs_*', '--stream', '--all'], ['sleep', '2'])
    noise.kill('SIGKILL')
    assert.ok(rows.length > 0)
  },

  'top shows what runs'() {
    const noise = startNoise()
    const { status, stdout, stderr } = fgraph(
      'top',
      '--only',
      'vfs_*',
      '--for',
      '4s',
      '--by',
      'task',
    )
    noise.kill('SIGKILL')
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^ +2 s {2}\d{1,3}(?:,\d{3})* calls in the last second/m)
    assert.match(stdout, / cat-\d+$/m)
  },

  'the program works by itself'() {
    const { stdout } = fgraph('record', '--only', 'vfs_*', '--print', '--', ...dd)
    const { stdout: trace } = spawnSync('sh', ['-c', stdout])
    assert.match(String(trace), /vfs_write/)
    assert.match(String(trace), /^# tracer: function_graph\n(#.*\n)+[^#]/)
  },

  'what is misspelt is refused with a name that exists'() {
    const { status, stderr } = fgraph('record', 'vfs_wriet')
    assert.match(
      stderr,
      /^fgraph: vfs_wriet: the kernel has no such function; did you mean vfs_write\b/,
    )
    assert.equal(status, 2)
  },

  'what cannot be traced is told from what does not exist'() {
    const { stderr } = fgraph('record', '--only', 'ftrace_caller')
    assert.match(stderr, /ftrace_caller: the kernel has it, but cannot trace it; /)
  },

  'a tracer in use is left alone'() {
    write('set_ftrace_filter', 'vfs_open')
    write('current_tracer', 'function')
    const before = state()
    const { status, stderr } = fgraph(
      'record',
      'vfs_write',
      '--only',
      'vfs_*',
      '-o',
      'a.txt',
      '--',
      ...dd,
    )
    assert.match(
      stderr,
      /the tracer function is in use; end that first, or take it over with --force/,
    )
    assert.equal(status, 2)
    assert.deepEqual(state(), before)
    // In an instance of its own, a recording disturbs nobody.
    if (hasInstances()) record('--only', 'vfs_*', '-o', 'a.txt', '--', ...dd)
    record('--force', '--only', 'vfs_*', '-o', 'a.txt', '--', ...dd)
    assert.deepEqual(state(), before)
    write('current_tracer', 'nop')
    write('set_ftrace_filter', '')
  },

  async 'Ctrl-C ends a recording'() {
    const child = start('--only', 'vfs_*', '-o', 'b.folded')
    await said(child, 'recording')
    spawnSync('cat', ['/proc/uptime'])
    child.kill('SIGINT')
    const [, signal] = await new Promise(resolve => child.on('exit', (...how) => resolve(how)))
    assert.equal(signal, 'SIGINT')
    assert.match(readFileSync('b.folded', 'utf8'), /vfs_read/)
  },

  async 'the kernel is as it was when fgraph is killed'() {
    const before = state()
    const child = start('--only', 'vfs_*', '--stream', '-o', 'c.folded', '--', 'sleep', '1000')
    await said(child, 'recording')
    child.kill('SIGKILL')
    for (let tries = 0; tries < 100 && !isEqual(state(), before); tries++) await wait(200)
    assert.deepEqual(state(), before)
  },
}

let failures = 0
for (const [name, check] of Object.entries(checks)) {
  const before = state()
  try {
    await check()
    if (before.current_tracer) assert.deepEqual(state(), before, 'the kernel is as it was')
    console.log(`ok ${name}`)
  } catch (error) {
    failures++
    console.log(`not ok ${name}\n${error.stack}`)
  }
}
console.log(failures === 0 ? 'all checks passed' : `${failures} checks failed`)
process.exitCode = failures === 0 ? 0 : 1

function fgraph(...args) {
  const { status, stdout, stderr } = spawnSync('node', ['/fgraph.mjs', ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

function record(...args) {
  const { status, stderr } = fgraph('record', ...args)
  assert.equal(status, 0, stderr)
}

/** The calls of a command, without events. */
function recorded(args, command) {
  record(...args, '--no-events', '-o', 'r.ndjson', '--', ...command)
  const lines = readFileSync('r.ndjson', 'utf8').trim().split('\n')
  return lines.map(line => JSON.parse(line))
}

function start(...args) {
  return spawn('node', ['/fgraph.mjs', 'record', ...args], { stdio: ['ignore', 'inherit', 'pipe'] })
}

function startNoise() {
  return spawn('sh', ['-c', 'while :; do cat /proc/uptime > /dev/null; done'])
}

function said(child, text) {
  return new Promise(resolve =>
    child.stderr.on('data', chunk => `${chunk}`.includes(text) && resolve()),
  )
}

function read(name) {
  return readFileSync(`${tracing}/${name}`, 'utf8')
}

function write(name, value) {
  writeFileSync(`${tracing}/${name}`, value)
}

/** Whether the tracer works in an instance: no recording tells. */
function hasInstances() {
  const instance = `${tracing}/instances/look`
  spawnSync('mkdir', [instance])
  write('instances/look/tracing_on', '0')
  write('instances/look/set_ftrace_filter', 'vfs_open')
  try {
    write('instances/look/current_tracer', 'function_graph')
    return true
  } catch {
    return false
  } finally {
    spawnSync('rmdir', [instance])
  }
}

/** What every file says that a recording may touch. */
function state() {
  if (!existsSync(`${tracing}/current_tracer`)) return {}
  const names = [
    ...['current_tracer', 'tracing_on', 'trace_clock', 'buffer_size_kb', 'buffer_total_size_kb'],
    ...['tracing_thresh', 'max_graph_depth', 'tracing_cpumask', 'set_event', 'set_event_pid'],
    ...['set_ftrace_filter', 'set_ftrace_notrace', 'set_ftrace_pid'],
    ...['set_graph_function', 'set_graph_notrace'],
    ...readdirSync(`${tracing}/options`).map(name => `options/${name}`),
  ]
  const files = names.map(name => [name, read(name)])
  return { ...Object.fromEntries(files), instances: readdirSync(`${tracing}/instances`).join() }
}

function isEqual(one, other) {
  return JSON.stringify(one) === JSON.stringify(other)
}
