#!/usr/bin/env node
// Measures fgraph as whole processes, in the same run as fold.pl (what an engineer writes in ten minutes) and
// `grep -c '}'` (the floor), on traces that it makes itself.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formats } from '../../dist/index.js'
import { measureInTurn, median, rounded } from './measure.mjs'
import { measurePage } from './page.mjs'
import { profile } from './profile.mjs'

const usage = `usage: npm run bench -- [CAPTURE [MB [ROUNDS]]] [options]

CAPTURE is plain (default: deep kernel stacks), abstime, proc-abstime, or retval, the whole kernel with return
values, where fgraph errors is measured, too; or trace-dat, a file of trace-cmd
beside the text of it, and trace-cmd's own report, if that is installed; or page, dist/fgraph.html in
Chromium, with the packages of test/consumers. MB is how much of it (300);
ROUNDS how often everything is measured, in turn (3); the figures are medians.

  --only NAMES    what of fgraph is measured: names of formats, info, report, errors, with commas between
  --jobs N        threads of fgraph convert (1)
  --growth WHAT   instead of all that: how cost grows with the size of a trace (size), or at MB
                  (100) with its tasks, functions or depth; of folded, pprof, chrome and perfetto
                  unless --only says otherwise
  --profile       instead of all that: a CPU profile of one run for each of --only (folded)
  --json FILE     writes the figures there, too
  --help
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    growth: { type: 'string' },
    profile: { type: 'boolean' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const growths = {
  size: [100, 1000, 4000],
  tasks: [2, 16, 128, 1024, 4096],
  functions: [10, 100, 1000, 5000, 20000],
  depth: [1, 10, 50, 100, 200],
}
const texts = ['plain', 'abstime', 'proc-abstime', 'retval']
const captures = [...texts, 'trace-dat', 'page']
const [capture = 'plain', megabytes = values.growth ? '100' : '300', rounds = '3'] = positionals
const plainCommands = ['info', 'report']
const isPlain = !values.growth && !values.profile
const isKnown =
  captures.includes(capture) &&
  (!values.growth || values.growth in growths) &&
  (texts.includes(capture) || isPlain)
if (values.help || !isKnown || positionals.length > 3) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

const here = name => fileURLToPath(new URL(name, import.meta.url))
const fgraph = here('../../bin/fgraph.js')
const folder = mkdtempSync(join(tmpdir(), 'fgraph-bench-'))
const trace = join(folder, 'trace.txt')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

const machine = `${cpus().length} x ${cpus()[0].model}, node ${process.version}`
const figures = values.profile ? profiles() : await measured()
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`)

function measured() {
  if (values.growth) return growth()
  if (capture === 'page') return ofPage()
  return capture === 'trace-dat' ? ofRecording() : comparison()
}

// dist/fgraph.html in Chromium, from the choice of a file until it is shown, against fgraph convert -f html.
async function ofPage() {
  execFileSync(process.execPath, [here('../../src/build.mjs')], { stdio: 'inherit' })
  const results = {}
  for (const size of positionals[1] ? [megabytes] : ['10', '100', '300']) {
    make('mkbig.mjs', ['plain', size])
    const commands = fgraphCommands(['html'])
    const command = (await measureInTurn(commands, Number(rounds)))['fgraph html']
    const runs = []
    for (let round = 0; round < Number(rounds); round++) runs.push(await measurePage(trace))
    const page = Object.fromEntries(
      Object.keys(runs[0]).map(figure => [figure, median(runs.map(run => run[figure]))]),
    )
    results[`${size} MB`] = {
      'page, wall s': rounded(page.wall, 2),
      'fgraph convert -f html, wall s': rounded(command.wall, 2),
      ratio: rounded(page.wall / command.wall, 2),
      'page, peak MB': rounded(page.peak, 0),
      'convert, peak MB': rounded(command.peak, 0),
      'ms a frame': rounded(page.frame, 1),
      '95 %': rounded(page.slowFrame, 1),
    }
  }
  console.log(`dist/fgraph.html, median of ${rounds} rounds, ${machine}`)
  console.table(results)
  return { capture, rounds: Number(rounds), results }
}

// A trace.dat against the text of it.
async function ofRecording() {
  const dat = join(folder, 'trace.dat')
  execFileSync(process.execPath, [here('mkdat.mjs'), megabytes, dat, trace], { stdio: 'inherit' })
  const names = namesOr(['report', 'folded'])
  const ofText = fgraphCommands(names)
  const commands = Object.fromEntries(
    Object.entries(ofText).flatMap(([name, command]) => [
      [`${name}, text`, command],
      [`${name}, trace.dat`, command.with(-1, dat)],
    ]),
  )
  const piped = `trace-cmd report ${dat} 2> /dev/null | ${process.execPath} ${fgraph} report -`
  if (hasTraceCmd()) commands['trace-cmd report | fgraph report'] = ['bash', '-c', piped]
  const results = await measureInTurn(commands, Number(rounds))
  const size = { text: statSync(trace).size / 1e6, dat: statSync(dat).size / 1e6 }
  console.log(
    `trace.dat of ${size.dat.toFixed(0)} MB, ${size.text.toFixed(0)} MB as text, median of ${rounds} rounds, ${machine}`,
  )
  const baseline = results[`fgraph ${names[0]}, text`].cpu
  console.table(
    Object.fromEntries(
      Object.entries(results).map(([name, { cpu, wall, peak }]) => [
        name,
        {
          'CPU s': rounded(cpu, 2),
          'wall s': rounded(wall, 2),
          [`times ${names[0]} of text`]: rounded(baseline / cpu, 2),
          'peak MB': rounded(peak, 0),
        },
      ]),
    ),
  )
  return { capture, size, rounds: Number(rounds), results }
}

function hasTraceCmd() {
  try {
    execFileSync('bash', ['-c', 'command -v trace-cmd'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// Everything on one trace.
async function comparison() {
  const size = make('mkbig.mjs', [capture, megabytes])
  const commands = capture === 'retval' ? [...plainCommands, 'errors'] : plainCommands
  const names = namesOr([...commands, ...formats.map(({ name }) => name)])
  const results = await measureInTurn(
    {
      // Without the pipe grep would see /dev/null and stop at the first match.
      "grep -c '}'": ['bash', '-c', `grep -c '}' ${trace} | cat`],
      'fold.pl': ['perl', here('fold.pl'), trace],
      ...fgraphCommands(names),
    },
    Number(rounds),
  )
  const floor = results["grep -c '}'"].cpu
  const baseline = results['fold.pl'].cpu
  console.log(`${capture}, ${size.toFixed(0)} MB, median of ${rounds} rounds, ${machine}`)
  console.table(
    Object.fromEntries(
      Object.entries(results).map(([name, { cpu, wall, peak }]) => [
        name,
        {
          'CPU s': rounded(cpu, 2),
          'wall s': rounded(wall, 2),
          'MB/CPU s': rounded(size / cpu, 0),
          'MB/s': rounded(size / wall, 0),
          'times fold.pl': rounded(baseline / cpu, 1),
          'of grep': rounded(floor / cpu, 3),
          'peak MB': rounded(peak, 0),
        },
      ]),
    ),
  )
  return { capture, megabytes: size, rounds: Number(rounds), results }
}

// The same on traces that differ in one thing.
async function growth() {
  const names = namesOr(['folded', 'pprof', 'chrome', 'perfetto'])
  const steps = []
  for (const step of growths[values.growth]) {
    const size =
      values.growth === 'size'
        ? make('mkbig.mjs', [capture, String(step)])
        : make('shapes.mjs', ['--mb', megabytes, `--${values.growth}`, String(step)])
    const results = await measureInTurn(fgraphCommands(names), Number(rounds))
    steps.push({ [values.growth]: step, megabytes: size, results })
  }
  const cells = (results, size) =>
    Object.entries(results).flatMap(([name, { cpu, peak }]) => {
      const format = name.replace('fgraph ', '')
      return [
        [`${format} s/GB`, rounded((cpu / size) * 1000, 2)],
        [`${format} MB`, rounded(peak, 0)],
      ]
    })
  console.log(`growth with ${values.growth}: CPU seconds per GB and peak MB, ${machine}`)
  console.table(
    Object.fromEntries(
      steps.map(({ megabytes: size, results, ...step }) => [
        step[values.growth],
        Object.fromEntries(cells(results, size)),
      ]),
    ),
  )
  return { growth: values.growth, rounds: Number(rounds), steps }
}

function profiles() {
  const size = make('mkbig.mjs', [capture, megabytes])
  const all = namesOr(['folded']).flatMap(name => {
    const kept = mkdtempSync(join(tmpdir(), `fgraph-profile-${name}-`))
    return profile(argumentsFor(name), kept).map(each => ({ name, ...each }))
  })
  for (const { name, file, top } of all) {
    console.log(`fgraph ${name}, ${capture}, ${size.toFixed(0)} MB: ${file}`)
    console.table(top)
  }
  return { capture, megabytes: size, profiles: all }
}

// Makes the trace; gives its size in MB.
function make(script, args) {
  execFileSync(process.execPath, [here(script), ...args], {
    stdio: ['ignore', openSync(trace, 'w'), 'inherit'],
  })
  return statSync(trace).size / 1e6
}

function namesOr(names) {
  return values.only?.split(',') ?? names
}

function fgraphCommands(names) {
  return Object.fromEntries(
    names.map(name => [`fgraph ${name}`, [process.execPath, ...argumentsFor(name)]]),
  )
}

function argumentsFor(name) {
  if (name === 'errors' || plainCommands.includes(name)) return [fgraph, name, trace]
  return [fgraph, 'convert', '--quiet', '--jobs', values.jobs, '-f', name, trace]
}
