/** Lines between the captures of a text, in any dialect. */
import { LF, MINUS, SPACE } from '../../base/ascii.js'
import { parseMangledLine } from '../text/mangled-line.js'

/** So much of a line is looked at. */
const LOOKED_AT = 256

const latin1 = new TextDecoder('latin1')

/** Whether a line that is no call says that another recording follows. */
export function isCaptureMark(bytes: Uint8Array, at: number, feed: number): boolean {
  const isRule = bytes[at] === SPACE && bytes[at + 1] === MINUS
  return mayBeMark[bytes[at]] === 1 && !isRule && mark.test(textOf(bytes, at, feed))
}

/** The two forms that calls are printed in: the kernel's graph, and a line for each event. */
export type CallForm = 'graph' | 'event'

/** In which form a line is a call, whatever the dialect; undefined if it is none. */
export function callForm(bytes: Uint8Array, at: number, feed: number): CallForm | undefined {
  const text = textOf(bytes, at, feed)
  if (eventCall.test(text)) return 'event'
  const line = text.replace(quote, '')
  const { body } = parseMangledLine(line) ?? {}
  return body === undefined || isArrow.test(line.slice(body)) ? undefined : 'graph'
}

/** `==========>` and `<==========` stand around the calls of an interrupt. */
const isArrow = /^(?:={10}>|<={10})/

/**
 * How much of a sample belongs to its first capture: up to a mark behind a call, or to where calls
 * in a row are of another form.
 */
export function endOfCapture(sample: Uint8Array): number {
  let form: CallForm | undefined
  /** Where the calls of another form begin, behind the last one of this form. */
  let other = -1
  for (let at = 0; at < sample.length; ) {
    const feed = sample.indexOf(LF, at)
    if (form && isCaptureMark(sample, at, feed)) return at
    const found = callForm(sample, at, feed)
    form ??= found
    if (found && found !== form) {
      if (other >= 0) return other
      other = at
    } else if (found) other = -1
    at = feed + 1
  }
  return sample.length
}

/** Where the prompts that a text starts with end: they are no part of what they show. */
export function behindPrompts(text: Uint8Array): number {
  let at = 0
  for (let feed = text.indexOf(LF); feed >= 0; feed = text.indexOf(LF, at)) {
    const isHeader = textOf(text, at, feed).startsWith('# tracer:')
    if (isHeader || !isCaptureMark(text, at, feed)) break
    at = feed + 1
  }
  return at
}

function textOf(bytes: Uint8Array, at: number, feed: number): string {
  return latin1.decode(bytes.subarray(at, Math.min(feed, at + LOOKED_AT))).trimEnd()
}

/** Prefixes of lines in mails and wikis. */
const quote = /^(?: ?[>|*:](?=[ >]))* */

//   funcgraph_entry:   fgraph_retaddr_entry:   graph_ent: func=foo
const eventCall =
  /: +(?:\(\+\d+\) +)?(?:funcgraph_e(?:ntry|xit)|fgraph_retaddr_entry|graph_(?:ent|ret)): /

/** Commands that a prompt may stand before, where it is nothing but a `#`. */
const COMMANDS =
  'adb|bpftrace|cat|cd|chrt|cp|dd|dmesg|echo|fgraph|func(?:graph|slower|trace|count)|grep|head|insmod|less|' +
  'modprobe|more|mount|perf|rmmod|sudo|sysctl|tail|taskset|tee|trace-cmd|zcat'

const mark = new RegExp(
  [
    // # tracer: function_graph
    /# tracer: /,
    // Tracing "f_read"... Ctrl-C to end.   Tracing "f_read" slower than 1000 us... Ctrl-C to end.
    /Tracing "/,
    // # ./funcgraph -d 2 f_read   # cat trace
    new RegExp(`[#%] +(?:\\.{0,2}/[\\w.]|(?:${COMMANDS})\\b(?!:))`),
    // $ sudo ./funcgraph f_read
    /\$ +[a-z./][\w./-]*(?: |$)/,
    // root@host:/sys/kernel/tracing# cat trace   [root@host tracing]# cat trace   user@host ~ $ ls
    /\[?[a-z_][\w.-]*@[\w.()-]+[: ]?[^\s#$%>]* ?[#$%](?: *[\w./]|$)/,
    // / # cat trace   host:~ # cat trace   bash-5.2# cat trace
    /(?:[\w.-]+:)?(?:~|\/[\w./-]*) ?[#$](?: +[\w./]|$)/,
    /(?:ba|z|k|da)?sh-[\d.]+[#$](?: +[\w./]|$)/,
  ]
    .map(({ source }) => `^(?:${quote.source.slice(1)})(?:${source})`)
    .join('|'),
)

/** By byte: 1 for what the first of such a line may be, for most lines are none. */
const mayBeMark = new Uint8Array(256)
for (const char of ' >|*:#%$~/[_') mayBeMark[char.charCodeAt(0)] = 1
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
  mayBeMark[char.charCodeAt(0)] = 1
}
