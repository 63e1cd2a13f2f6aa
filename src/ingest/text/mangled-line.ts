import { LF } from '../../base/ascii.js'

/**
 * A line of the call graph between whose cells anything may have become of the blanks. Cells are
 * the text between the separators, undefined where the line has no such cell.
 */
export interface MangledLine {
  readonly time: string | undefined
  readonly relative: string | undefined
  readonly cpu: string | undefined
  readonly task: string | undefined
  readonly flags: string | undefined
  /** The duration with its separator; with neither mark nor value if it is blank. */
  readonly duration: { readonly mark: string; readonly value: string | undefined } | undefined
  /** How many blanks stand before the body: the depth, if that has survived. */
  readonly indent: number
  /** Where the body starts: `foo() {`, `foo();`, `}`, a comment, an arrow. */
  readonly body: number
}

/** Cells and indentation end before this column. */
export const WIDEST_PREFIX = 1024

// foo() {   foo [module](a=1);   } /* foo */   /* a comment */   ==========> |
const body = /(?=\} *(?:$|\/\*)|\/\* |={10}>|<={10}|[^\s(){}|;,"'/]+(?: \[[^\]\s]+\])?\()/.source

const mangledLine = new RegExp(
  [
    // 606.478818 |   or   3750 us |   which only latency tracers print, and always before a cpu
    /^ *(?:(?<time>\d+\.\d{6}) *\||(?<relative>\d+) us *\|(?= *\d+\)))?/.source,
    // 1)
    /(?: *(?<cpu>\d{1,5})\))?/.source,
    // bash-170 |
    /(?: *(?<task>\S.{0,21}?-\d{1,7}) *\|)?/.source,
    // d.h1. |
    /(?: *(?<flags>[dDbX.][A-Za-z.]{2}[0-9A-Za-z.]{1,5}) *\|)?/.source,
    // + 12.370 us |   or   |   or, where 2.6.29 has interrupts,   ==========> |
    /(?<duration> *(?:(?:(?:(?<mark>[+!#*@$]) *)?(?<value>\d{1,20}(?:\.\d{1,3})?) us|={10}>) *)?\|)?/
      .source,
    /(?<indent> *)/.source,
    body,
  ].join(''),
)

/** The cells of a line that has at least one, undefined if this is no line of the call graph. */
export function parseMangledLine(text: string): MangledLine | undefined {
  const match = mangledLine.exec(text)
  const groups = match?.groups
  if (!groups) return undefined
  const { time, relative, cpu, task, flags, duration, mark = ' ', value } = groups
  if (!(time ?? relative ?? cpu ?? task ?? duration)) return undefined
  return {
    time,
    relative,
    cpu,
    task,
    flags,
    duration: duration === undefined ? undefined : { mark, value },
    indent: groups.indent.length,
    body: match[0].length,
  }
}

/** The kernel's text before the body of such a line. */
export function kernelPrefix(line: MangledLine, depth: number): string {
  const { time, relative, cpu, task, flags, duration } = line
  let prefix = ''
  if (time !== undefined) prefix += `${time.padStart(12)} |  `
  if (relative !== undefined) prefix += `${relative.padStart(9)} us |  `
  if (cpu !== undefined) prefix += ` ${cpu}) `
  if (task !== undefined) prefix += `${task.padEnd(14)} | `
  if (flags !== undefined) prefix += ` ${flags} | `
  if (duration?.value !== undefined) prefix += `${duration.mark} ${duration.value} us |  `
  else if (duration) prefix += `${' '.repeat(14)}|  `
  return prefix + '  '.repeat(depth)
}

const kernelLine = new RegExp(
  [
    /^(?: *\d+\.\d{6} \| {2}| *\d+ us \| {2})?/.source,
    /(?: *\d+\) )?/.source,
    // A name with a line feed in it may have lost its start to the line before.
    /(?:.{1,20}?-\d{1,7} +\| )?/.source,
    // d..1 |   or, before 5.1, nothing behind it
    /(?: [.0-9A-Za-z]{4,8}(?: \| )?)?/.source,
    /(?:[ +!#*@$] \d+(?:\.\d{1,3})? us *\| {2}| {14}\| {2})?/.source,
    /(?: {2})*/.source,
    body,
  ].join(''),
)

//  1)    bash-170    =>  python3-253
const switchLine = /^ *\d+\) .*-\d+ +=> /

/** These start in the first columns if all of the text is not indented. */
const indentedLine = /^ +(?:# tracer: |CPU:\d+ \[LOST )|^ {2,}-{42}$/

/** So many lines of a sample are looked at, until there are enough calls among them. */
const LOOKED_AT = 400
const TELLING = 100
/** The text is not the kernel's own if one in so many calls is not. */
const LEAST_SHARE = 8

const latin1 = new TextDecoder('latin1')

/**
 * Whether blanks of a text were changed on its way through mails and web pages, so that cells do
 * not end where the kernel ends them, or nothing is left of the indentation.
 */
export function isMangled(sample: Uint8Array): boolean {
  let calls = 0
  let changed = 0
  const nesting = new Nesting()
  for (let at = 0, lines = 0; at < sample.length && lines < LOOKED_AT && calls < TELLING; lines++) {
    const feed = sample.indexOf(LF, at)
    const end = feed < 0 ? sample.length : feed
    const text = latin1.decode(sample.subarray(at, Math.min(end, at + WIDEST_PREFIX))).trimEnd()
    const plain = text.replace(/\t|\xc2\xa0/g, ' ')
    // A task may be called `/* c */`.
    const line = switchLine.test(text) ? undefined : parseMangledLine(plain)
    nesting.add(line, plain)
    at = end + 1
    if (indentedLine.test(text)) return true
    if (!line) continue
    calls++
    if (!kernelLine.test(text)) changed++
  }
  return (changed > 2 && changed * LEAST_SHARE > calls) || nesting.isFlat()
}

/**
 * Looks for calls that stand no deeper than their caller. Only where no bar stands before the
 * calls: behind a bar, changed blanks show anyway.
 */
class Nesting {
  readonly #indents = new Set<number>()
  #flat = 0
  #entries = 0
  #entryCpu: string | undefined

  /** `text` is that of the line, which is undefined where it is not of the call graph. */
  add(line: MangledLine | undefined, text: string): void {
    if (line && line.cpu === this.#entryCpu && text[line.body] !== '}') this.#flat++
    this.#entryCpu = undefined
    if (!line || line.duration || line.task || line.time) return
    this.#indents.add(line.indent)
    if (!text.endsWith('{')) return
    this.#entries++
    this.#entryCpu = line.cpu
  }

  isFlat(): boolean {
    return this.#indents.size === 1 && this.#flat > 2 && this.#flat * 2 > this.#entries
  }
}
