// A CPU profile of one run, and the functions that take the most of it.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rounded } from './measure.mjs'

// `command` is a path of a script for node, and its arguments; `folder` is empty and stays.
export function profile(command, folder) {
  const options = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]
  const { status } = spawnSync(process.execPath, [...options, ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}`)
  // Threads beside the main one have files of their own, the later ones.
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.cpuprofile'))
    .sort()
  return files.map(name => {
    const file = join(folder, name)
    return { file, top: topFunctions(JSON.parse(readFileSync(file, 'utf8'))) }
  })
}

function topFunctions({ nodes, samples, timeDeltas }) {
  const own = new Map()
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + timeDeltas[index])
  const times = new Map()
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame
    const place = url ? ` ${url.split('/').pop()}:${lineNumber + 1}` : ''
    const name = `${functionName || '(anonymous)'}${place}`
    times.set(name, (times.get(name) ?? 0) + (own.get(id) ?? 0))
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 20)
    .map(([name, time]) => ({
      'self ms': rounded(time / 1000, 0),
      '%': rounded((time / all) * 100, 1),
      function: name,
    }))
}
