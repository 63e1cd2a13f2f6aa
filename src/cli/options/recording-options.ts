import { UserError } from '../../base/user-error.js'
import { cpusOf, depthOf, listOf, minDurationOf } from '../../filter/filter-texts.js'
import type { RecordingSettings } from '../../record/recorder-program.js'
import { durationProblem, parseDuration } from '../../timeline/duration-text.js'
import { lastValue } from './last-value.js'

const several = { type: 'string', array: true, nargs: 1, requiresArg: true } as const
const single = { type: 'string', requiresArg: true, coerce: lastValue<string> } as const
const flag = { type: 'boolean', default: false } as const

/** For commands that record: what the kernel traces, and how. */
export const recordingOptions = {
  only: { ...several, describe: 'Trace no functions but these; starts sooner than all' },
  notrace: { ...several, describe: 'Trace all functions but these' },
  depth: { ...single, alias: 'D', describe: 'Trace so many levels of calls' },
  'min-duration': {
    ...single,
    alias: 't',
    describe: 'Record only calls that take at least this long, such as 50us',
  },
  pid: { ...several, alias: 'p', describe: 'Trace only these processes and their children' },
  all: { ...flag, alias: 'a', describe: 'Trace all tasks while COMMAND runs' },
  cpu: { ...several, describe: 'Trace only these cpus: 0 or 0,2-3' },
  for: { ...single, describe: 'Stop after this time, such as 5s' },
  event: {
    ...several,
    alias: 'e',
    defaultDescription: 'sched:sched_switch',
    describe: 'Record these events, such as irq:*',
  },
  'no-events': { ...flag, describe: 'Record no events' },
  args: { ...flag, describe: 'Record arguments (Linux 6.15 and newer)' },
  retval: { ...flag, describe: 'Record return values (Linux 6.5 and newer)' },
  retaddr: { ...flag, describe: 'Record return addresses (Linux 6.13 and newer)' },
  'no-sleep-time': { ...flag, describe: 'Leave time asleep out of durations' },
  'buffer-size': {
    ...single,
    defaultDescription: '64M, or an eighth of free memory',
    describe: 'Size of the ring buffers of all cpus together',
  },
  clock: {
    ...single,
    defaultDescription: 'the one that is set',
    describe: 'Take timestamps from this trace_clock, such as mono',
  },
  via: {
    ...single,
    defaultDescription: 'here',
    describe: "Record through this command: sudo, 'ssh root@host', 'adb shell su -c'",
  },
  tracefs: { ...single, defaultDescription: 'found', describe: 'Folder where tracefs is mounted' },
  force: { ...flag, describe: 'Take over a tracer that is in use, and give it back afterwards' },
} as const

/** Below the options of commands that record. */
export const recordingNote =
  'FUNCTION, --only and --notrace take names and globs, such as vfs_* or tcp_?end*. fgraph traces FUNCTION and all ' +
  'that it calls; without FUNCTION, the whole kernel. It traces COMMAND and its children, and prints the output of COMMAND ' +
  'on stderr. Options take several values, as in --only a,b or --only a --only b. However a recording ends, the ' +
  'kernel is left as it was.'

/** These options, out of all arguments of a command. */
export interface RecordingArguments {
  readonly only?: readonly string[] | undefined
  readonly notrace?: readonly string[] | undefined
  readonly depth?: string | undefined
  readonly 'min-duration'?: string | undefined
  readonly pid?: readonly string[] | undefined
  readonly all: boolean
  readonly cpu?: readonly string[] | undefined
  readonly for?: string | undefined
  readonly event?: readonly string[] | undefined
  readonly 'no-events': boolean
  readonly args: boolean
  readonly retval: boolean
  readonly retaddr: boolean
  readonly 'no-sleep-time': boolean
  readonly 'buffer-size'?: string | undefined
  readonly clock?: string | undefined
  readonly tracefs?: string | undefined
  readonly force: boolean
}

const USUAL_EVENTS = ['sched:sched_switch']

/** The settings of a recording. Throws a UserError for values that make no sense. */
export function recordingOf(
  args: RecordingArguments,
  functions: readonly string[],
  command: readonly string[],
  stream: boolean,
): RecordingSettings {
  if (args.all && command.length === 0) {
    throw new UserError('--all is for a command, as in: fgraph record --all -- make; leave it out')
  }
  const { event = USUAL_EVENTS, clock, tracefs } = args
  return {
    functions: namesOf('FUNCTION', functions),
    only: namesOf('--only', args.only),
    notrace: namesOf('--notrace', args.notrace),
    depth: args.depth === undefined ? 0 : depthOf(args.depth),
    pids: (args.pid ?? []).flatMap(pidsOf),
    cpus: [...new Set((args.cpu ?? []).flatMap(cpusOf))],
    minDuration: minDurationOf(args['min-duration']) ?? 0,
    bufferSize: args['buffer-size'] === undefined ? undefined : bytesOf(args['buffer-size']),
    clock: clock === undefined ? undefined : wordOf('--clock', clock),
    events: args['no-events'] ? [] : namesOf('--event', event),
    args: args.args,
    retval: args.retval,
    retaddr: args.retaddr,
    sleepTime: !args['no-sleep-time'],
    stream,
    duration: args.for === undefined ? undefined : timeOf(args.for),
    command,
    everything: args.all,
    force: args.force,
    tracefs,
  }
}

/** Names or globs, as the kernel takes them: the module of `ext4_sync_fs [ext4]` is left out. */
function namesOf(option: string, values: readonly string[] | undefined): string[] {
  return (listOf(values) ?? []).map(value => wordOf(option, value.replace(/ \[\w+\]$/, '')))
}

function wordOf(option: string, text: string): string {
  if (/^[\w.:$*?[\]-]+$/.test(text)) return text
  throw new UserError(
    `${option}: the kernel has no names like ${text}; write a name or a glob, without blanks or slashes`,
  )
}

function pidsOf(text: string): number[] {
  return text.split(',').map(part => {
    if (/^[1-9]\d{0,9}$/.test(part)) return Number(part)
    throw new UserError(`--pid: '${part}' is no number of a process; ps lists them`)
  })
}

function timeOf(text: string): number {
  const nanos = parseDuration(text)
  if (nanos) return nanos
  throw new UserError(
    `--for: ${nanos === 0 ? 'give a time of more than 0' : durationProblem(text)}`,
  )
}

const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** `64M` */
function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmg])(?:i?b)?$/i.exec(text) ?? []
  const bytes = Number(number) * units[unit?.toLowerCase() ?? '']
  if (bytes > 0) return bytes
  throw new UserError(`--buffer-size: '${text}' is no size; write one like 64M or 512k`)
}
