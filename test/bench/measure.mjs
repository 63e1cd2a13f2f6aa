// Whole processes and what they take: CPU seconds, wall seconds, the peak of their memory in MB.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

// The shell tells CPU seconds to the millisecond; the peak is what the kernel says shortly before the end.
export async function measure(command) {
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

// Each command in turn, and all of them again: what slows the machine down slows all of them down. Gives medians.
export async function measureInTurn(commands, rounds) {
  const runs = Object.fromEntries(Object.keys(commands).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) runs[name].push(await measure(command))
  }
  const medians = each =>
    Object.fromEntries(
      ['cpu', 'wall', 'peak'].map(figure => [figure, median(each.map(run => run[figure]))]),
    )
  return Object.fromEntries(Object.entries(runs).map(([name, each]) => [name, medians(each)]))
}

export function rounded(value, digits) {
  return Number(value.toFixed(digits))
}

// Of the command that the shell runs.
function peakOf(shell) {
  try {
    const child = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim()
    const status = readFileSync(`/proc/${child}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
