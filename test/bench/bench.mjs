#!/usr/bin/env node
// Measures whole processes on one big trace: fgraph in every format, against fold.pl (what an engineer writes in ten
// minutes) and `grep -c '}'` (the floor), all in the same run, in turn.   usage: npm run bench -- [CAPTURE [MB [ROUNDS]]]
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formats } from '../../dist/index.js'

const [capture = 'plain', megabytes = '300', rounds = '3'] = process.argv.slice(2)
const here = name => fileURLToPath(new URL(name, import.meta.url))
const fgraph = [process.execPath, here('../../bin/fgraph.js')]
const folder = mkdtempSync(join(tmpdir(), 'fgraph-bench-'))
const trace = join(folder, 'trace.txt')

const commands = {
  // Without the pipe grep would see /dev/null and stop at the first match.
  "grep -c '}'": ['bash', '-c', `grep -c '}' ${trace} | cat`],
  'fold.pl': ['perl', here('fold.pl'), trace],
  'fgraph info': [...fgraph, 'info', trace],
  ...Object.fromEntries(
    formats.map(({ name }) => [
      `fgraph ${name}`,
      [...fgraph, 'convert', '--quiet', '-f', name, trace],
    ]),
  ),
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))
execFileSync(process.execPath, [here('mkbig.mjs'), capture, megabytes], {
  stdio: ['ignore', openSync(trace, 'w'), 'inherit'],
})

const runs = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, command] of Object.entries(commands)) runs[name].push(await measure(command))
}

const size = statSync(trace).size / 1e6
const baseline = median(runs['fold.pl'].map(run => run.cpu))
console.log(
  `${capture}, ${size.toFixed(0)} MB, median of ${rounds} rounds, ${cpus()[0].model}, node ${process.version}`,
)
const rows = Object.fromEntries(
  Object.entries(runs).map(([name, each]) => {
    const cpu = median(each.map(run => run.cpu))
    return [
      name,
      {
        'CPU s': rounded(cpu, 2),
        'wall s': rounded(median(each.map(run => run.wall)), 2),
        'MB/CPU s': rounded(size / cpu, 0),
        'times fold.pl': rounded(baseline / cpu, 1),
        'peak MB': rounded(median(each.map(run => run.peak)), 0),
      },
    ]
  }),
)
console.table(rows)

// The shell tells CPU seconds to the millisecond; the peak is what the kernel says shortly before the end.
async function measure(command) {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" > /dev/null 2> /dev/null'
  const shell = spawn('bash', ['-c', script, 'bench', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let times = ''
  let peak = 0
  shell.stderr.on('data', text => {
    times += text
  })
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(shell.pid))
  }, 20)
  const code = await new Promise(resolve => shell.on('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`)
  const [user, system, wall] = times.trim().split(' ').map(Number)
  return { cpu: user + system, wall, peak }
}

// In MB, of the command that the shell runs.
function peakOf(shell) {
  try {
    const child = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim()
    const status = readFileSync(`/proc/${child}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}

function rounded(value, digits) {
  return Number(value.toFixed(digits))
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
