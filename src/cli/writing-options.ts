import type { EmitOptions, FoldedRoot, FoldedWeight } from '../emit/formats.js'
import { last } from './last.js'

/** For what writes formats: how they show what they show. */
export const writingOptions = {
  root: {
    choices: ['none', 'comm', 'pid', 'cpu'] as const satisfies readonly FoldedRoot[],
    default: 'none' as FoldedRoot,
    requiresArg: true,
    coerce: last<FoldedRoot>,
    describe: 'What stands below stacks: folded, flamegraph',
  },
  weight: {
    choices: ['self', 'calls'] as const satisfies readonly FoldedWeight[],
    default: 'self' as FoldedWeight,
    requiresArg: true,
    coerce: last<FoldedWeight>,
    describe: 'Numbers of the folded format: nanoseconds of self time, or calls',
  },
  flamechart: {
    type: 'boolean',
    default: false,
    describe: 'Folded stacks in the order of time, for flamegraph.pl --flamechart',
  },
  annotate: {
    type: 'boolean',
    default: false,
    describe: 'Mark folded frames of the kernel with _[k], for palettes',
  },
  array: {
    type: 'boolean',
    default: false,
    describe: 'Chrome JSON as an array, which can be read wherever it is cut off',
  },
  'absolute-time': {
    type: 'boolean',
    default: false,
    describe: 'Keep the times of the trace: chrome, csv, ndjson, parquet (perfetto always does)',
  },
} as const

interface WritingArguments {
  readonly root: FoldedRoot
  readonly weight: FoldedWeight
  readonly flamechart: boolean
  readonly annotate: boolean
  readonly array: boolean
  readonly 'absolute-time': boolean
}

/** What the arguments of a command ask of the formats. */
export function emitOptionsOf(args: WritingArguments): Omit<EmitOptions, 'title' | 'warn'> {
  const { root, weight, flamechart, annotate, array, 'absolute-time': absoluteTime } = args
  return { root, weight, flamechart, annotate, array, absoluteTime }
}
