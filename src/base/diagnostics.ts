/**
 * Everything that can be odd about a trace, with what to do about it. Data problems never throw
 * and never print: they add to a counter here, and the summary and `info` tell them at the end.
 *
 * - info: how the numbers came about.
 * - warning: the trace does not say everything; the rest is shown.
 * - loss: something of the recording is missing or could not be read; `--strict` fails on it.
 */
export const diagnosticKinds = {
  'unrecognized-lines': {
    severity: 'loss',
    advice:
      'lines that are no function_graph text were left out; look at the line numbers, and report a line that a kernel printed',
  },
  'long-lines': {
    severity: 'loss',
    advice:
      'lines of more than 1 MiB were left out; this is not a trace, or its line ends were lost on the way',
  },
  'damaged-recording': {
    severity: 'loss',
    advice:
      'parts of the trace.dat are cut off or damaged and were left out; copy the file again, or run trace-cmd restore',
  },
  'unknown-records': {
    severity: 'warning',
    advice:
      'records of the trace.dat were left out: their event has no format in the file, or their fields make no sense',
  },
  'lost-events': {
    severity: 'loss',
    advice:
      'the ring buffer overran and events are missing; record with a larger buffer_size_kb, or trace fewer functions',
  },
  'calls-broken-by-loss': {
    severity: 'loss',
    advice:
      'calls that were open where events were lost are shown as incomplete; record with a larger buffer_size_kb',
  },
  'missing-exits': {
    severity: 'warning',
    advice:
      'calls whose exit is not in the trace although their caller went on are shown as incomplete; they have no duration',
  },
  'several-captures': {
    severity: 'warning',
    advice:
      'the text has several captures, shown one after another: FILE#2 or --capture 2 takes one of them, fgraph info lists them',
  },
  'exits-only': {
    severity: 'info',
    advice:
      'the trace has exits only (tracing_thresh): calls begin their duration before their exit, shorter ones are not in it',
  },
  'unmeasured-exits': {
    severity: 'warning',
    advice:
      'the trace has exits only and says of none how long its call took: they count as incomplete; fgraph report --sort incomplete',
  },
  'false-folds': {
    severity: 'info',
    advice:
      'two calls of a function that the kernel printed as one leaf, because the task went to another cpu, are told apart',
  },
  'missing-entries': {
    severity: 'info',
    advice:
      'calls whose entry is not in the trace are shown from where their track begins; their printed duration counts whole',
  },
  'open-at-end': {
    severity: 'info',
    advice: 'calls still running when the trace ended are shown as incomplete',
  },
  'children-exceed-parent': {
    severity: 'info',
    advice:
      'calls whose callees add up to more than their own duration; their self time is taken as 0',
  },
  'moved-positions': {
    severity: 'info',
    advice:
      'calls stand more than 1 us from their printed time, so that calls nest; weights are not affected',
  },
  'negative-durations': {
    severity: 'warning',
    advice:
      'durations printed as negative count as 0; the cpus were not in step, try trace_clock mono',
  },
  'wrapped-durations': {
    severity: 'info',
    advice:
      'durations of more than 4294 s, which a 32-bit kernel cannot print, are restored from the timestamps',
  },
  'rebuilt-time': {
    severity: 'info',
    advice:
      'the trace has no timestamps: positions are rebuilt from durations; record with the option funcgraph-abstime',
  },
  'clock-of-order': {
    severity: 'info',
    advice:
      'the timestamps count events, not time: positions are rebuilt from durations; record with trace_clock mono',
  },
  'clock-of-cycles': {
    severity: 'info',
    advice:
      'the timestamps count cycles (x86-tsc): they are scaled to the durations, to about 1 %; record with trace_clock mono',
  },
  'clock-of-tod': {
    severity: 'info',
    advice:
      'the timestamps count 4096 to the microsecond since 1900 (s390-tod): they are scaled; record with trace_clock mono',
  },
  'derived-durations': {
    severity: 'warning',
    advice:
      'the trace has no durations: they are derived from timestamps, to 1 us; record with the option funcgraph-duration',
  },
  'order-only': {
    severity: 'warning',
    advice:
      'the trace has neither timestamps nor durations: every call counts as 1 ns; record with the option funcgraph-duration',
  },
  'no-cpu-column': {
    severity: 'warning',
    advice:
      'lines of several cpus stand in the trace without a cpu or task column, stacks may mix; record with the option funcgraph-cpu',
  },
  'nameless-exits': {
    severity: 'warning',
    advice: 'exits that name no function and belong to no entry count as [unknown]',
  },
  'impossible-times': {
    severity: 'warning',
    advice:
      'timestamps that are damaged, or more than 104 days from the first one, are not used; those lines stand where the trace had come to',
  },
  'no-calls': {
    severity: 'warning',
    advice:
      'the trace has no calls; was tracing_on 1, and did the filter functions run while recording?',
  },
} as const satisfies Record<string, { severity: Severity; advice: string }>

/** How much a diagnostic matters: see `diagnosticKinds`. */
export type Severity = 'info' | 'warning' | 'loss'

/** A key of `diagnosticKinds`. */
export type DiagnosticName = keyof typeof diagnosticKinds

/** One row of the table for a trace: only what did occur. */
export interface Diagnostic {
  readonly name: DiagnosticName
  readonly severity: Severity
  readonly count: number
  readonly advice: string
  /** The first few places, where the diagnostic is about lines. */
  readonly lines?: readonly number[]
}

const PLACES = 5

/** Counts what is odd about one trace. */
export class Diagnostics {
  /** An object, for some of these are counted a hundred thousand times a second. */
  readonly #counts: Partial<Record<DiagnosticName, number>> = {}
  readonly #lines = new Map<DiagnosticName, number[]>()

  add(name: DiagnosticName, count = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + count
  }

  /** Counts something odd about one line of the input, the first line being 1. */
  addLine(name: DiagnosticName, line: number): void {
    this.add(name)
    const lines = this.#lines.get(name)
    if (!lines) this.#lines.set(name, [line])
    else if (lines.length < PLACES) lines.push(line)
  }

  /** The diagnostics that occurred, in the order of the table above. */
  list(): Diagnostic[] {
    const names = Object.keys(diagnosticKinds) as DiagnosticName[]
    return names.flatMap(name => {
      const count = this.#counts[name]
      if (!count) return []
      const { severity, advice } = diagnosticKinds[name]
      const lines = this.#lines.get(name)
      return { name, severity, count, advice, ...(lines && { lines }) }
    })
  }
}
