/** Texts and files that resemble function_graph text, or come from the same place, but are something else. */
export interface LookAlike {
  /** Its description and the way to proceed, in one line. */
  readonly sentence: string
  /** No dialect is to be asked: the text is this, whatever a dialect may make of its lines. */
  readonly isSure: boolean
}

interface Form extends LookAlike {
  /** A pattern of its lines, or the first bytes of a binary file. */
  readonly line: RegExp
  /** How many lines must look so: one where no other text has such a line. */
  readonly least: number
}

const RECORD_AGAIN = 'echo function_graph > current_tracer and record again'

/** In the order in which they are looked for: what says most first. */
const forms: readonly Form[] = [
  {
    // Its first bytes are 17 08 44, then `tracing`.
    line: /^[^ -~]{2}Dtracing/,
    least: 1,
    isSure: true,
    sentence: 'the trace.dat of trace-cmd, which is no text; read it without --dialect',
  },
  {
    line: /^PERFILE2/,
    least: 1,
    isSure: true,
    sentence:
      'the perf.data of perf, which has no function_graph events; run perf ftrace trace > trace.txt and convert that',
  },
  {
    // [   46.129406]    (ftrace buffer empty)
    line: /^.*\(ftrace buffer empty\)\s*$/,
    least: 1,
    isSure: false,
    sentence:
      'a kernel log whose dump of the ftrace buffer is empty: no tracer was on; boot with ftrace=function_graph ftrace_dump_on_oops and reproduce it',
  },
  {
    // # DURATION     TID     FUNCTION
    line: /^ *# +DURATION +TID +FUNCTION\s*$/,
    least: 1,
    isSure: true,
    sentence: uftrace(),
  },
  {
    //    2.405 us [ 1892] |   foo();
    line: /^ *(?:\d+\.\d{3} +(?:us|ms|s|m|h) +)?\[ *\d+\] \| +(?:\S.*\(.*\)(?:;| \{)|\} \/\*)/,
    least: 3,
    isSure: true,
    sentence: uftrace(),
  },
  {
    // Function graph for TA: cb3e5ba0-adf1-11e0-998b-0002a5d5c51b @ 80085000
    line: /^ *Function graph for TA: [0-9a-f-]{36}/,
    least: 1,
    isSure: true,
    sentence: opTee(),
  },
  {
    //   43.840 us |   3 |    ta_header_get_session()
    line: /^ *(?:\d+\.\d{3} us +)?\| +\d+ \| +(?:[^\s(|]+\(\)(?: \{)?|\})\s*$/,
    least: 3,
    isSure: true,
    sentence: opTee(),
  },
  {
    // CPU[001]     dput() {
    line: /^ *CPU\[\d{3}\] [ +!]? *(?:\S+\(\)[;{ ]|\}|-+8<-+)/,
    least: 3,
    isSure: true,
    sentence: `the function_graph text of 2008, before the first kernel that had it; ${RECORD_AGAIN} with Linux 2.6.29 or later`,
  },
  {
    // # Total (us)   Avg (us)   Max (us)      Count   Function
    line: /^ *# Total \(us\) +Avg \(us\) +Max \(us\) +Count +Function\s*$/,
    least: 1,
    isSure: true,
    sentence:
      'the table of perf ftrace profile, which has no single calls; run perf ftrace trace > trace.txt and convert that',
  },
  {
    // #   DURATION     |      COUNT | GRAPH                                          |
    line: /^ *# +DURATION +\| +COUNT +\| GRAPH +\|\s*$/,
    least: 1,
    isSure: true,
    sentence:
      'the table of perf ftrace latency, which has no single calls; run perf ftrace trace > trace.txt and convert that',
  },
  {
    //   %13.27  (216) python3   fn #110      |--%40.00-- x  # 44
    line: /^[ |]*(?:-*%\d+\.\d\d-* +\S.*# ?\d+|%\d+\.\d\d +\(\d+\) +\S)/,
    least: 3,
    isSure: true,
    sentence:
      'the histogram of trace-cmd hist, which has no single calls; run trace-cmd report trace.dat > trace.txt and convert that',
  },
  {
    // # tracer: function
    line: /^# tracer: function\s*$/,
    least: 1,
    isSure: false,
    sentence: functionTracer(),
  },
  {
    // # tracer: irqsoff
    line: /^# tracer: (?:irqsoff|preemptoff|preemptirqsoff|wakeup|wakeup_rt|wakeup_dl)\s*$/,
    least: 1,
    isSure: false,
    sentence:
      'the trace of a latency tracer, without its calls; echo 1 > options/display-graph and record again',
  },
  {
    // # tracer: nop
    line: /^# tracer: (?!function_graph\s*$)(?<tracer>\S+)/,
    least: 1,
    isSure: false,
    sentence: `the tracer was {tracer}, not function_graph; ${RECORD_AGAIN}`,
  },
  {
    // bash-1 [000] d... 12.345678: vfs_write <-ksys_write
    line: /^ *\S.*-\d+ +(?:\([ \d-]+\) +)?\[\d{3,}\] .*\d+\.\d{6}: \S+ <-\S+\s*$/,
    least: 3,
    isSure: false,
    sentence: functionTracer(),
  },
  {
    // bash-1 [000] d... 12.345678: sched_switch: prev_comm=bash
    line: /^ *\S.*-\d+ +(?:\([ \d-]+\) +)?\[\d{3,}\] .*\d+\.\d{6}: \w+: /,
    least: 3,
    isSure: false,
    sentence: `a trace of events, without the calls of the function_graph tracer; ${RECORD_AGAIN}`,
  },
  {
    // calling  foo_init+0x0/0x1 @ 1      initcall foo_init+0x0/0x1 returned 0 after 12 usecs
    line: /\b(?:calling +\S+\+0x\S+ @ \d+|initcall \S+\+0x\S+ returned -?\d+ after \d+ usecs)/,
    least: 1,
    isSure: false,
    sentence:
      'a kernel log with the times of initcalls, which scripts/bootgraph.pl reads; boot with ftrace=function_graph and save the file trace',
  },
  {
    // bash  1234 [001] 12.345678:     250000 cycles:
    line: /^\S.* +\d+(?:\/\d+)? +\[\d{3,}\] +\d+\.\d{6,9}: +(?:\d+ +)?[\w:.-]+:/,
    least: 3,
    isSure: false,
    sentence:
      'the text of perf script: samples or events, no calls; run perf ftrace trace > trace.txt and convert that',
  },
]

/** Names the text or file that starts with this sample; undefined if it is unknown. */
export function lookAlike(sample: Uint8Array): LookAlike | undefined {
  const lines = latin1
    .decode(sample)
    .split('\n', LOOKED_AT)
    .map(line => line.slice(0, LONGEST_LINE))
  for (const { line, least, sentence, isSure } of forms) {
    const hits = lines.filter(text => line.test(text))
    if (hits.length < least) continue
    const { tracer = '' } = line.exec(hits[0])?.groups ?? {}
    return { sentence: sentence.replace('{tracer}', tracer), isSure }
  }
  return undefined
}

/** So many lines tell what a text is. */
const LOOKED_AT = 200
/** So much of a line tells what it is. */
const LONGEST_LINE = 256

const latin1 = new TextDecoder('latin1')

function functionTracer(): string {
  return `the tracer was function, not function_graph, and knows no returns and no durations; ${RECORD_AGAIN}`
}

function uftrace(): string {
  return 'the text of uftrace replay, which is of programs, not of the kernel; run uftrace dump --chrome or --flame-graph on its data'
}

function opTee(): string {
  return "the call graph of an OP-TEE trusted application, not of Linux; use OP-TEE's own scripts"
}
