import type { Interner } from '../../base/interner.js'
import type { Dialect, Recognition } from '../dialect.js'
import { recognizeLayout } from '../lines/graph-layout.js'
import type { LineReader } from '../lines/line-reader.js'
import type { Tasks } from '../lines/task-cells.js'
import { isMangled } from '../text/mangled-line.js'
import { KernelReader } from './kernel-reader.js'

/**
 * The text of the kernel itself, as the files trace, trace_pipe, per_cpu/cpuN/trace and snapshot
 * hold it, and what prints those files: `perf ftrace`, perf-tools' funcgraph, `trace-cmd show`.
 */
export const kernel = {
  name: 'kernel',
  summary: 'the tracing files of the kernel, funcgraph, perf ftrace, trace-cmd show',
  recording: 'cat /sys/kernel/tracing/trace, with current_tracer function_graph',
  lookingFor: 'lines such as ` 0)   1.082 us    |  foo();` or ` 0)               |  foo() {`',
  recognize(sample: Uint8Array, functions: Interner, tasks: Tasks): Recognition {
    return isMangled(sample) ? undefined : recognizeGraph(sample, functions, tasks)
  },
} as const satisfies Dialect

/** A reader for text of the kernel, whatever the lines of it come out of. */
export function recognizeGraph(
  sample: Uint8Array,
  functions: Interner,
  tasks: Tasks,
): LineReader | undefined {
  const layout = recognizeLayout(sample)
  return layout && new KernelReader(layout, functions, tasks)
}
