/**
 * Long lines cost what they are long. The patterns that read a text are caught with the longest text
 * that each one gets, and run again in an engine that says how many steps it takes.
 */
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core'
import { expect, test } from 'vitest'
import { openWritten, readCapture, readTrace } from './read-trace.js'

const engine = newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-ng-wasmfile-release-sync'))

const LENGTH = 10_000
/** Shorter texts cost little, whatever is done with them. */
const SHORT = 256

/** The engine reports each time that it has made this many. */
const STEPS_OF_A_REPORT = 10_000
/** A pattern that tries each pair of places takes thousands for a character. */
const STEPS_OF_A_CHARACTER = 300

const units = [
  ...'aZ_09 \t.-+#*/|:;,=<>()[]{}"\'&%$@!~^\\\x1b\xe2',
  'a-1 ',
  '1.5 ',
  '# ',
  '> ',
  '() ',
]

/** Long lines alone, and long cells in lines of the dialect. */
const dialects: [string, (long: string) => string[]][] = [
  [
    'golden/trace-cmd/input.txt',
    long => [
      long,
      `  ${long}-158 [001] 435.373389: funcgraph_entry:  | f() {`,
      `  python3-158 [001] 435.373389: ${long}: a=1`,
      `  python3-158 [001] 435.373389: sched_switch: ${long}`,
      `  python3-158 [001] 435.373389: funcgraph_entry: ${long}`,
      `  python3-158 [001] 435.373389: funcgraph_entry: 1.5 us | ${long}`,
    ],
  ],
  [
    'golden/trace-cmd-raw/input.txt',
    long => [long, `  trace-cmd-678 [000] 542.695312: funcgraph_entry: func=${long}`],
  ],
  [
    'golden/proc-abstime/input.txt',
    long => [
      long,
      ` 1)   ${long}-17 => bash-18`,
      ` 435.373389 |   1)  ${long}-17 |   1.000 us |  f();`,
      ` 435.373389 |   1)  bash-17 |   1.000 us |  ${long}`,
      ` 435.373389 |   1)  bash-17 |   1.000 us |  f(a=${long});`,
      ` 435.373389 |   1)  bash-17 |            |  /* sched_switch: ${long} */`,
    ],
  ],
  [
    'golden/kernel-log/input.txt',
    long => [long, `[   46.129406] ${long}`, `[   46.129406]  1)  1.0 us |  ${long}`],
  ],
  ['golden/android-flat/input.txt', long => [long]],
  ['golden/plain/input.txt', long => [long, ` 1)  1.0 us | ${long}`, ` 1) ${long} us | f();`]],
]

test.each(dialects)('%s', async (path, linesOf) => {
  const start = Buffer.from(readCapture(path)).toString('latin1').split('\n').slice(0, 60)
  const { sink } = await openWritten('perfetto')
  const longest = await longestOfPatterns(() => {
    for (const unit of units) {
      const long = unit.repeat(LENGTH / unit.length)
      readTrace(Buffer.from([...start, ...linesOf(long), ''].join('\n'), 'latin1'), sink)
    }
  })
  expect(longest.size).toBeGreaterThan(10)
  expect(await slowOnes(longest.values())).toEqual([])
})

test('a pattern that tries each pair of places is found', async () => {
  const found = await longestOfPatterns(() => /a*b/.test('a'.repeat(LENGTH)))
  expect(await slowOnes(found.values())).toHaveLength(1)
})

interface Match {
  readonly pattern: RegExp
  readonly text: string
}

/** The longest text of each pattern and first character that is matched in `run`. */
async function longestOfPatterns(run: () => unknown): Promise<Map<string, Match>> {
  const longest = new Map<string, Match>()
  const { exec } = RegExp.prototype
  RegExp.prototype.exec = function (text) {
    const key = `${this} ${text.at(-1)}`
    const { length = SHORT } = longest.get(key)?.text ?? {}
    if (text.length > length) longest.set(key, { pattern: this, text })
    return exec.call(this, text)
  }
  try {
    run()
  } finally {
    RegExp.prototype.exec = exec
  }
  return longest
}

/** The matches that take more steps than a few for each character. */
async function slowOnes(matches: Iterable<Match>): Promise<string[]> {
  const runtime = (await engine).newRuntime()
  const slow: string[] = []
  for (const { pattern, text } of matches) {
    const allowed = 1 + (text.length * STEPS_OF_A_CHARACTER) / STEPS_OF_A_REPORT
    let reports = 0
    runtime.setInterruptHandler(() => ++reports > allowed)
    const context = runtime.newContext()
    const match = context.unwrapResult(context.evalCode(`text => { ${pattern}.exec(text) }`))
    const given = context.newString(text)
    context.callFunction(match, context.undefined, given).dispose()
    for (const used of [match, given, context]) used.dispose()
    if (reports > allowed)
      slow.push(`${pattern} takes long for many ${JSON.stringify(text.at(-1))}`)
  }
  runtime.dispose()
  return slow
}
