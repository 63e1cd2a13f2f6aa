/** What a recorder tells, in sentences with advice. */
import type { RecorderMessage } from '../../record/recorder-output.js'
import type { RecordingSettings } from '../../record/recorder-program.js'
import { similarNames } from '../../timeline/function-pattern.js'
import { duration } from './units.js'

/** `recording vfs_write; Ctrl-C ends it` */
export function recordingText(settings: RecordingSettings): string {
  const { command, pids, duration: nanos } = settings
  const whose = pids.length > 0 && command.length === 0 ? ` of pid ${pids.join(', ')}` : ''
  const end =
    command.length > 0
      ? ` while ${command[0]} runs`
      : nanos === undefined
        ? '; Ctrl-C ends it'
        : ` for ${duration(nanos)}`
  return `recording ${functionsOf(settings)}${whose}${end}`
}

/** The name of a recording: `vfs_write in dd if=/dev/zero of=x` */
export function titleOf(settings: RecordingSettings): string {
  const { command } = settings
  return functionsOf(settings) + (command.length > 0 ? ` in ${command.join(' ')}` : '')
}

function functionsOf({ functions, only }: RecordingSettings): string {
  const names = functions.length > 0 ? functions : only
  return names.length > 0 ? names.join(', ') : 'all functions'
}

/** Which kernels have an option, by the beginning of a message about it. */
const versions: Readonly<Record<string, string>> = {
  'funcgraph-args': '--args needs Linux 6.15 with CONFIG_FUNCTION_TRACE_ARGS',
  'funcgraph-retval': '--retval needs Linux 6.5 with CONFIG_FUNCTION_GRAPH_RETVAL',
  'funcgraph-retaddr': '--retaddr needs Linux 6.13 with CONFIG_FUNCTION_GRAPH_RETADDR',
  'function-fork': 'children of a traced task need Linux 4.13, and are left out',
  'event-fork': 'events of children of a traced task need Linux 4.7, and are left out',
}

/** About an option that the kernel does not have: `funcgraph-args: the kernel has no such option`. */
export function lackText(sentence: string): string {
  const version = versions[sentence.split(':', 1)[0]]
  return version === undefined ? sentence : `${sentence}; ${version}`
}

/** What went wrong and what to do. `functions` are lines of `available_filter_functions`. */
export function failureText(
  { kind, sentence }: RecorderMessage,
  functions: string,
  via: string,
): string {
  return `${sentence}; ${kind === 'no-function' ? namesLike(sentence, functions) : remedy(kind, via)}`
}

function namesLike(sentence: string, functions: string): string {
  const [wanted] = sentence.split(':', 1)
  const known = functions.split('\n').map(line => line.replace(/\s.*/, ''))
  const names = similarNames(wanted, [...new Set(known)])
  if (names.length > 0) return `did you mean ${names.join(', ')}`
  return 'available_filter_functions in tracefs lists those that can be traced'
}

function remedy(kind: string, via: string): string {
  if (kind !== 'not-root') return remedies[kind] ?? 'see dmesg of that machine'
  if (via === '') return 'run fgraph record --via sudo ..., or run it as root'
  return "become root there, as in --via 'ssh root@host' or --via 'ssh host sudo'"
}

/** By the kinds of `recorder.sh`. */
const remedies: Readonly<Record<string, string>> = {
  'no-tracer': 'use a kernel with CONFIG_FUNCTION_GRAPH_TRACER',
  'switched-off': 'sysctl kernel.ftrace_enabled=1 switches it on',
  'no-clock': 'choose one of these, or leave out --clock',
  'no-cpu': 'leave it out of --cpu',
  'no-filter': 'leave out functions, or use a kernel with CONFIG_DYNAMIC_FTRACE',
  'no-event': 'available_events in tracefs lists them; --no-events records none',
  busy: 'end that first, or take it over with --force',
  refused: 'leave out the option that sets it',
}

/** For a recording without calls. */
export function nothingText({ functions, only, command }: RecordingSettings): string {
  const names = [...functions, ...only]
  const what = names.length > 0 ? `${names.join(', ')} did not run` : 'no function ran'
  const whose = command.length > 0 ? ` in ${command[0]}` : ''
  return `nothing was recorded: ${what}${whose}; record longer, or something that is in use`
}

/** For a recording that has lost events. */
export const LOSS_ADVICE =
  'events were lost; to lose fewer, use --buffer-size 256M or --only FUNCTION'
