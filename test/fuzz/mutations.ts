/** Captures, damaged in ways that a seed repeats. A byte is a character: texts are latin1. */
import type { Random } from '../simulator/random.js'

/** So many lines of a capture are enough to break. */
const MOST_LINES = 240

/** Names that objects have by nature, and names that look like what stands around them. */
const NAMES = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '__defineGetter__',
  'x | y',
  'a => b-1',
  '/* c */',
  '<...>',
  '}',
  'a;b 12',
  '=1+1',
  '"quoted", field',
  '\x1b[31mred\x1b[0m',
  '\xe2\x80\xaedlrow',
  'f'.repeat(5000),
] as const

const NUMBERS = [
  '0',
  '-1',
  '4294967296',
  '9007199254740993',
  '18446744073709551615',
  '99999999999999999999',
  '1'.repeat(400),
  '0.000',
  '4294967.295',
] as const

/** A capture, damaged once or a few times; sometimes with a part of another behind it or in it. */
export function mutated(random: Random, capture: () => string): string {
  let lines = someLines(random, capture())
  if (random.chance(0.3)) lines = spliced(random, lines, someLines(random, capture()))
  for (let times = random.between(1, 6); times > 0; times--)
    lines = random.pick(MUTATIONS)(random, lines)
  const text = lines.join('\n')
  const ending = random.pick(['\n', '\n', '', '\r\n', '\n\n'])
  return random.chance(0.15) ? text.slice(0, random.between(1, text.length)) : text + ending
}

function someLines(random: Random, text: string): string[] {
  const lines = text.trimEnd().split('\n')
  const from = random.chance(0.5) ? 0 : random.between(0, Math.max(lines.length - MOST_LINES, 0))
  return lines.slice(from, from + random.between(1, MOST_LINES))
}

type Mutation = (random: Random, lines: string[]) => string[]

const spliced = (random: Random, lines: string[], others: readonly string[]): string[] => {
  if (random.chance(0.5)) return lines.toSpliced(place(random, lines), 0, ...others)
  return lines.flatMap((line, index) => (index < others.length ? [line, others[index]] : [line]))
}

const MUTATIONS: readonly Mutation[] = [
  // Bytes are flipped, lost, put in.
  onSomeLines((random, line) => {
    const at = random.between(0, line.length)
    const byte = String.fromCharCode(random.between(0, 255))
    const rest = line.slice(at + random.between(0, 1))
    return line.slice(0, at) + random.pick([byte, byte, '', ' ', '\t', '|', '(']) + rest
  }),
  // Lines are lost, doubled, in another order.
  (random, lines) => lines.filter(() => !random.chance(0.1)),
  (random, lines) => lines.toSpliced(place(random, lines), random.between(1, 20)),
  (random, lines) => lines.flatMap(line => (random.chance(0.1) ? [line, line] : [line])),
  (random, lines) => {
    const swapped = [...lines]
    for (let times = random.between(1, 10); times > 0; times--) {
      const [a, b] = [place(random, lines), place(random, lines)]
      ;[swapped[a], swapped[b]] = [swapped[b], swapped[a]]
    }
    return swapped
  },
  (random, lines) => {
    const from = place(random, lines)
    const block = lines.slice(from, from + random.between(1, 30))
    return lines.toSpliced(place(random, lines), 0, ...block)
  },
  // Lines are cut off or joined.
  onSomeLines((random, line) => line.slice(0, random.between(0, line.length))),
  onSomeLines((random, line) => line.slice(random.between(0, line.length))),
  onSomeLines((random, line) => line + line.slice(random.between(0, line.length))),
  // Numbers are any.
  onSomeLines((random, line) => replaced(random, line, /\d+(?:\.\d+)?/g, random.pick(NUMBERS))),
  onSomeLines((random, line) => replaced(random, line, /\d/g, String(random.between(0, 9)))),
  // Names are any.
  onSomeLines((random, line) => replaced(random, line, /[a-z_]\w+/gi, random.pick(NAMES))),
  // Calls stand anywhere.
  onSomeLines((random, line) => {
    const depth = random.pick([1, 2, 3, 7, 50, 600])
    return line.replace(/ {2}(?=[\w}])/, '  '.repeat(depth + 1))
  }),
  onSomeLines((_, line) => line.replace(/ {2}(?=[\w}])/, '')),
  onSomeLines((_, line) => line.replace(/ +/g, ' ')),
  // Braces are any.
  onSomeLines((random, line) => line.replace(/;$| \{$|\}$/, random.pick([';', ' {', '}', '']))),
  // Something else stands between.
  (random, lines) =>
    lines.flatMap(line => (random.chance(0.05) ? [random.pick(OTHERS), line] : [line])),
]

const OTHERS = [
  '# tracer: function_graph',
  '# CPU  DURATION                  FUNCTION CALLS',
  '#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS',
  'CPU:0 [LOST 12 EVENTS]',
  'CPU:1 [LOST EVENTS]',
  ' ------------------------------------------',
  ' 0)   bash-1    =>   <idle>-0   ',
  ' 0)   ==========> |',
  ' 0)   <========== |',
  ' => vfs_write',
  '           bash-1       [000] d..2.   101.546691: <stack trace>',
  ' 0)               |  /* sched_switch: prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 next_prio=120 */',
  ' 0)               |  /* tracing_mark_write: B|1|x */',
  'cpus=4',
  '',
  '\0\0\0\0',
]

/** Changes one line in so many, or a single one. */
function onSomeLines(change: (random: Random, line: string) => string): Mutation {
  return (random, lines) => {
    const share = random.pick([0, 0.02, 0.2])
    const single = place(random, lines)
    return lines.map((line, index) =>
      index === single || random.chance(share) ? change(random, line) : line,
    )
  }
}

function replaced(random: Random, line: string, what: RegExp, by: string): string {
  const found = [...line.matchAll(what)]
  if (found.length === 0) return line
  const { index, 0: text } = random.pick(found)
  return line.slice(0, index) + by + line.slice(index + text.length)
}

function place(random: Random, lines: readonly unknown[]): number {
  return random.between(0, Math.max(lines.length - 1, 0))
}
