import { LF, startsWith } from '../../base/ascii.js'
import type { Interner } from '../../base/interner.js'
import { EventHead } from '../lines/event-head.js'
import { EventLinesReader, isNamed } from '../lines/event-lines.js'
import type { LineReader } from '../lines/line-reader.js'
import { Tasks } from '../lines/task-cells.js'
import { emptyLine, UNRECOGNIZED } from '../lines/trace-line.js'
import { scanBuffer, trimmedEnd } from '../text/scanning.js'
import { recognizeGraph } from './kernel.js'

/**
 * A reader for calls that stand among the events of another tracer, as the kernel prints what its
 * buffer still has of the call graph (print_graph_function_event in trace_functions_graph.c):
 *
 *     bash-1234    [001] .....   123.456789:  1)   0.123 us    |  foo();
 *
 * Behind the head of an event is the line that function_graph prints, in the columns of its options.
 */
export function recognizeHeaded(
  sample: Uint8Array,
  functions: Interner,
  tasks: Tasks,
): LineReader | undefined {
  const calls = callsOf(sample)
  const graph = calls.length > 0 ? recognizeGraph(calls, functions, tasks) : undefined
  return graph && graph.columns.length > 0 ? readerOf(graph, tasks) : undefined
}

const COLUMNS = ['TIME', 'CPU', 'TASK/PID']

function readerOf(graph: LineReader, tasks: Tasks): LineReader {
  const columns = [...new Set([...COLUMNS, ...graph.columns])]
  return new EventLinesReader(columns, tasks, graph, {
    read(bytes, at, _end, line) {
      if (isNamed(bytes, at)) return false
      graph.read(bytes, at, line)
      return line.kind !== UNRECOGNIZED
    },
    lost() {},
  })
}

// foo();   foo() {   }   } /* foo */
function isCall(text: string): boolean {
  const end = text.endsWith('*/') ? text.lastIndexOf(' /*') : text.length
  return [');', ') {', '}'].some(ending => text.endsWith(ending, end))
}

/** The text behind the heads of a sample's calls. */
function callsOf(sample: Uint8Array): Uint8Array {
  const head = new EventHead(new Tasks())
  const line = emptyLine()
  const latin1 = new TextDecoder('latin1')
  const calls = scanBuffer(sample.length)
  let length = 0
  for (let at = 0; at < sample.length; ) {
    const feed = sample.indexOf(LF, at)
    const end = trimmedEnd(sample, at, feed)
    const event = head.scan(sample, at, end, line) + 1
    at = feed + 1
    if (event <= 0 || isNamed(sample, event) || startsWith(sample, event, '<')) continue
    if (!isCall(latin1.decode(sample.subarray(event, end)))) continue
    calls.set(sample.subarray(event, feed + 1), length)
    length += feed + 1 - event
  }
  return calls.subarray(0, length)
}
