import type { InterruptsShown } from '../../ingest/calls/interrupts.js'
import type { SleepShown, TracksShown } from '../../ingest/calls/stacks.js'
import { type DialectName, inputForms } from '../../ingest/dialects.js'
import type { ReadOptions, RecordingOptions } from '../../ingest/trace-reader.js'
import { captureOption } from './capture-numbers.js'
import { lastValue } from './last-value.js'

const group = 'Reading:'

/** For all commands that read traces: how to read the text, and what to put on separate tracks. */
export const readingOptions = {
  capture: { ...captureOption, group },
  dialect: {
    group,
    choices: inputForms.map(({ name }) => name),
    requiresArg: true,
    coerce: lastValue<DialectName>,
    describe: 'Read the input as this dialect (default: detected)',
  },
  buffer: {
    group,
    type: 'string',
    requiresArg: true,
    coerce: lastValue<string>,
    defaultDescription: 'the top one',
    describe: 'Read the buffer of this instance of a trace.dat, or all of them',
  },
  interrupts: {
    group,
    choices: ['inline', 'apart', 'drop'] as const satisfies readonly InterruptsShown[],
    default: 'inline' as InterruptsShown,
    requiresArg: true,
    coerce: lastValue<InterruptsShown>,
    describe:
      'Show the calls of interrupts inside the calls that they hit, on a track of their cpu, or not at all',
  },
  sleep: {
    group,
    choices: ['drop', 'apart', 'inline'] as const satisfies readonly SleepShown[],
    defaultDescription: 'drop in tables of report and graph and in flamegraph, else inline',
    requiresArg: true,
    coerce: lastValue<SleepShown>,
    describe:
      'Leave out time asleep and idle, show it as calls [off-cpu], or leave it in its callers',
  },
  tracks: {
    group,
    choices: ['task', 'cpu'] as const satisfies readonly TracksShown[],
    default: 'task' as TracksShown,
    requiresArg: true,
    coerce: lastValue<TracksShown>,
    describe: 'Make a track for each task, or for each cpu',
  },
} as const

/** The values of these options, out of all arguments of a command. */
export function readOptionsOf({
  dialect,
  buffer,
  interrupts,
  sleep,
  tracks,
}: ReadOptions & RecordingOptions): ReadOptions & RecordingOptions {
  return { dialect, buffer, interrupts, sleep, tracks }
}
