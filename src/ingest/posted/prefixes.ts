import { isGraphLine, isOfTraceCmd, isTraceLine, startsAsGraphLine } from './trace-form.js'
import { eachLine, type Undoing } from './undoing.js'

/** Prefixes that people and programs put in front of lines: `> `, `JD> `, `# `, `// `, `+`, ` * `, `| `, `: `, `-- `, `; `. */
const mark = /^[ \t]*(?:[A-Za-z]{0,3}>|#|\/\/|\+|\*|\||:|--|;|%)/

/** Marks may be nested: a comment in a mail in a mail. */
const MOST_MARKS = 8

/** Quotation, comments, the marks of lists and patches. */
export const quotation: Undoing = {
  name: 'quoted',
  find(lines) {
    const counts = new Map<string, number>()
    let plain = 0
    for (const line of lines) {
      const marks = marksOf(line)
      if (marks !== '') counts.set(marks, (counts.get(marks) ?? 0) + 1)
      else if (isGraphLine(line)) plain++
    }
    const [marks, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0]
    if (count === 0 || (count < plain && !marks.includes('>'))) return undefined
    return eachLine(line => without(line, marks))
  },
}

/** The marks in front of a line of a trace, without blanks; '' if it has none. */
function marksOf(line: string): string {
  // The mark of a long duration may be the first column, or the name of a task: `#kworker`.
  if (isGraphLine(line) && !isOfTraceCmd(line)) return ''
  let rest = line
  let marks = ''
  for (let count = 0; count < MOST_MARKS; count++) {
    const found = mark.exec(rest)?.[0]
    if (found === undefined) break
    marks += found.trim()
    rest = rest.slice(found.length)
    const isFound = isTraceLine(rest) || startsAsGraphLine(rest) || numberOf(rest)?.isTrace
    if (isFound && !mark.test(rest)) return marks
  }
  return ''
}

/** A line without these marks, or as many of them as it has, and without the blank behind them. */
function without(line: string, marks: string): string {
  let rest = line
  let left = marks
  while (left !== '') {
    const found = mark.exec(rest)?.[0]
    if (found === undefined || !left.startsWith(found.trim())) break
    left = left.slice(found.trim().length)
    rest = rest.slice(found.length)
  }
  return rest === line ? line : rest.replace(/^ /, '')
}

/** `  12\t`, `12:`, `12-`, `12  `, `trace.txt:12:` */
const number = /^(?:[\w./-]+[:-])?[ \t]*(\d{1,9})(?:[:-]|[.|]?(?=[ \t]|$))/

/** The numbers of lines, as `cat -n`, `grep -n` and pages with source show them. */
export const lineNumbers: Undoing = {
  name: 'with line numbers',
  find(lines) {
    let numbered = 0
    let last = Number.NaN
    let others = 0
    for (const line of lines) {
      const found = numberOf(line)
      if (found === undefined) others += Number(isGraphLine(line))
      else if (found.value > last || Number.isNaN(last)) numbered += Number(found.isTrace)
      else others++
      last = found?.value ?? last
    }
    const isNumbered = numbered >= LEAST_NUMBERED && numbered > others * 2
    return isNumbered ? eachLine(line => numberOf(line)?.rest ?? line) : undefined
  },
}

const LEAST_NUMBERED = 2

function numberOf(line: string) {
  const found = number.exec(line)
  if (!found) return undefined
  // Latency tracers print the time in front: `  3750 us |`.
  if (isGraphLine(line) && !isOfTraceCmd(line)) return undefined
  const rest = line.slice(found[0].length).replace(/^[\t ]/, '')
  return { value: Number(found[1]), rest, isTrace: isTraceLine(rest) }
}
