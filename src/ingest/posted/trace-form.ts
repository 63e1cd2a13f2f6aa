/** How lines of a trace look, whatever has become of their blanks. A character is a byte. */
import { parseMangledLine } from '../text/mangled-line.js'

/** Longer lines are no lines of calls that somebody posts. */
const LONGEST = 4096

const name = /[^\s(){}|;,"'/=]+(?: \[[^\]\s]+\])?/.source
// Behind a call: ` /* foo */` of the kernel, ` (1)` and ` (ret=0)` of trace-cmd.
const tail = /(?: \(\d+\))?(?: *\/\*.*\*\/)?(?: \(\d+\))?(?: \(ret=[^()]*\))?(?: \[[\w:]*\])?\s*$/
  .source
// foo(a=1) {   foo [module]();   foo() /* <-bar */ {   }
const wholeCall = new RegExp(`^(?:${name}\\(.*\\)(?: \\/\\*.*\\*\\/)?(?:;| *\\{)|\\})${tail}`)
const startOfCall = new RegExp(`^(?:${name}\\([^;{}]*\\)(?:;| *\\{)|\\})(?: *\\/\\* .*?\\*\\/)?`)

// funcgraph_entry:      + 12.370 us  |    foo();
const traceCmdHead =
  /\b(?:funcgraph_(?:entry|exit)|fgraph_retaddr_entry): *(?:(?:[+!#*@$] *)?(?:\d+(?:\.\d+)? us *)?\| *)/
// funcgraph_entry:  func=foo depth=1
const traceCmdFields = /\b(?:funcgraph_(?:entry|exit)|fgraph_retaddr_entry): +(?:func=|--> |<-- )\S/

// [  344.610931]   <4>[  344.610931]   Nov 22 23:51:53 host kernel: [  344.610931][   T12]
const stamp =
  /^(?:<\d+>)?(?:\w{3} +\d+ [\d:]{8} \S{1,64} kernel: ?)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? ?/

/** Where the text of a record of a kernel log starts: behind its stamp. */
export function recordStart(line: string): number {
  return stamp.exec(line)?.[0].length ?? 0
}

/** Where the call of a line starts, behind its cells; -1 if there is none. */
export function callStart(text: string): number {
  if (text.length > LONGEST) return -1
  const head = traceCmdHead.exec(text)
  if (head) return head.index + head[0].length
  const start = recordStart(text)
  const line = parseMangledLine(text.slice(start).replaceAll('\t', ' '))
  return line ? start + line.body : -1
}

/** Where the call of a line ends; -1 if there is none. */
export function callEnd(text: string): number {
  const start = callStart(text)
  const found = start < 0 ? null : startOfCall.exec(text.slice(start))
  return found ? start + found[0].length : -1
}

/** A line of trace-cmd: a task's name in front of it may be anything. */
export function isOfTraceCmd(text: string): boolean {
  return /\bf(?:unc)?graph_\w+:/.test(text)
}

/** A line of the call graph, from its first column to its last. */
export function isGraphLine(line: string): boolean {
  const text = line.trimEnd()
  const start = callStart(text)
  return start >= 0 ? wholeCall.test(text.slice(start)) : traceCmdFields.test(text)
}

//   606.478818 |   1)   bash-170 |   bash-170 [001]   606.478818: funcgraph_entry:
const head =
  /^[ \t]*(?:\d+\.\d{6}[ \t]*(?:\||:)|\d{1,5}\)[ \t]|\S.{0,40}?-\d{1,7}[ \t]+(?:\||\[\d{3,}\])|\[\d{3,}\][ \t]|funcgraph_e)/

/** Whether a text starts as a line of the graph does, in its first columns. */
export function startsAsGraphLine(text: string): boolean {
  return head.test(text.replace(stamp, ''))
}

const switchLine = /^ *\d+\) .{1,40}-\d+ +=> .{1,40}-\d+ *$/

// # tracer: function_graph   # CPU  DURATION   #   # |     |   |   CPU:1 [LOST 5 EVENTS]
//  0)  a-1  =>  b-2   [  344.610931] foo   bash-1 [000] 12.345678: sched_switch: ...
const otherLine =
  /^[ \t]*(?:#|#[ \t].*|-{33,}|CPU:\d+ \[.*|\d+\) .*-\d+ +=> .*-\d+ *|(?:<\d+>)?\[ *\d+\.\d{6}\].*|\S.{0,40}-\d+ +\[\d{3,}\] .*\d\.\d{6}: \w.*)$/
//  0)               |  /* sched_switch: ... */    => schedule   cpus=2
const rareLine = /^(?:.*\|[ \t]*\/\* .*| => \S+|cpus=\d+)?$/

/** ` 1)    bash-170    =>  python3-253` */
export function isSwitchLine(line: string): boolean {
  return switchLine.test(line.replace(stamp, ''))
}

/** Any line that stands in a trace. */
export function isTraceLine(line: string): boolean {
  const text = line.trimEnd()
  if (isGraphLine(text)) return true
  return text.length <= LONGEST && !isOfTraceCmd(text) && otherLine.test(text)
}

/** A line that stands in traces alone: comments, rules and records of a log stand in other texts too. */
export function isOfTraceAlone(line: string): boolean {
  return isGraphLine(line) || (isTraceLine(line) && !/^[ \t]*[#<[-]/.test(line))
}

//  1)   1.082 us    |  fo    1) + 10   bash-1 [000] 12.345678: funcgraph_entry:    |  foo() {
const damaged =
  /^[ \t]*\d{1,5}\)(?:.*\||[ \t]+(?:[+!#*@$][ \t]*)?\d[\d.]*[ \t]*$)|\d[ \t]*us[ \t]*\||\bf(?:unc)?graph_\w*(?:entry|exit)\b|\|[^|]*\(\)[ \t]*\{|^[ \t]*\d+\.\d{6}[ \t]*\|/

/** Whether a line that no dialect reads was one of the call graph, and is no text around it. */
export function isDamaged(text: string): boolean {
  return damaged.test(text)
}

/** Whether a line is as a program prints it, so that nothing can have happened to it. */
export function isUntouched(line: string): boolean {
  if (/&[a-z#]/.test(line)) return false
  // Characters in front of a task's name may be a part of it.
  if (isOfTraceCmd(line)) return /^[ \t]*[\w<]/.test(line) && isGraphLine(line)
  const [, commented] = /^[ \t]*#(.*)/.exec(line) ?? []
  if (commented !== undefined) return !/^[ \t]*#/.test(commented) && !isTraceLine(commented)
  const record = recordStart(line.trimStart())
  // The blanks of a dump are looked at by filters, not by its dialect.
  if (record > 0) return !/^[ \t]/.test(line) && !startsAsGraphLine(line)
  return isTraceLine(line) || rareLine.test(line)
}
