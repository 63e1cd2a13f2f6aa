import manifest from '../../package.json' with { type: 'json' }
import type { Nanos } from '../timeline/sink.js'
import recorder from './recorder.sh'

/** What a recorder records, and how. Names of functions and events are globs. */
export interface RecordingSettings {
  /** Trace these functions and what they call; nothing says the whole kernel. */
  readonly functions: readonly string[]
  /** Of the functions above, trace only these. */
  readonly only: readonly string[]
  readonly notrace: readonly string[]
  /** Levels of calls; 0 for all. */
  readonly depth: number
  readonly pids: readonly number[]
  readonly cpus: readonly number[]
  /** Calls that take less are not recorded. */
  readonly minDuration: Nanos
  /** For all cpus, in bytes. */
  readonly bufferSize: number | undefined
  readonly clock: string | undefined
  readonly events: readonly string[]
  /** Arguments, return values and callers: where the kernel can. */
  readonly args: boolean
  readonly retval: boolean
  readonly retaddr: boolean
  /** Whether durations have time asleep in them. */
  readonly sleepTime: boolean
  /** Read while recording, instead of afterwards. */
  readonly stream: boolean
  /** Until somebody stops it, by default. */
  readonly duration: Nanos | undefined
  /** Records while this runs: a program and its arguments. */
  readonly command: readonly string[]
  /** Record every task while the command runs. */
  readonly everything: boolean
  /** Take a tracer that others use. */
  readonly force: boolean
  /** Where tracefs is mounted; found, by default. */
  readonly tracefs: string | undefined
}

/**
 * A POSIX shell program that records, prints the trace as the kernel does, and leaves the kernel as it was.
 * A `connected` one tells fgraph on its standard output what a person would read on stderr (`readRecorder`), and
 * stops when its standard input says `stop` or ends.
 */
export function recorderProgram(settings: RecordingSettings, connected: boolean): string {
  const { command } = settings
  return [
    '#!/bin/sh',
    '# Records calls of kernel functions with the function_graph tracer, prints the trace, and leaves the',
    `# kernel as it was. Written by fgraph ${manifest.version}. As root: sh FILE > trace.txt`,
    '# shellcheck disable=SC2013,SC2317 # lists are lines; traps call functions',
    '',
    ...Object.entries(valuesOf(settings, connected)).map(
      ([name, value]) => `${name}=${quoted(value)}`,
    ),
    ...(command.length > 0 ? [commandFunction(command)] : []),
    '',
    recorder,
  ].join('\n')
}

/** The variables of the program, by name. Lists are lines. */
function valuesOf(settings: RecordingSettings, connected: boolean): Record<string, string> {
  const { functions, only, minDuration, bufferSize, duration, command, pids } = settings
  const lines = (values: readonly unknown[]) => values.join('\n')
  return {
    connected: flag(connected),
    tracefs: settings.tracefs ?? '',
    functions: lines(functions),
    // The kernel looks for a function only where it traces one.
    only: only.length > 0 ? lines([...functions, ...only]) : '',
    notrace: lines(settings.notrace),
    depth: String(settings.depth),
    // tracing_thresh counts microseconds.
    threshold: String(Math.ceil(minDuration / 1000)),
    pids: lines(pids),
    cpus: lines(settings.cpus),
    cpumask: cpuMask(settings.cpus),
    buffer: bufferSize === undefined ? '' : String(Math.ceil(bufferSize / 1024)),
    clock: settings.clock ?? '',
    events: lines(settings.events),
    options: lines(optionsOf(settings)),
    stream: flag(settings.stream),
    seconds: duration === undefined ? '' : String(duration / 1e9),
    has_command: flag(command.length > 0),
    everything: flag(settings.everything),
    force: flag(settings.force),
  }
}

/** Files of `options/` and what they are to say. Others may have left them as they liked. */
function optionsOf(settings: RecordingSettings): string[] {
  const { args, retval, retaddr, sleepTime, pids, command, everything } = settings
  const hasChildren = pids.length > 0 || (command.length > 0 && !everything)
  const options: Readonly<Record<string, boolean>> = {
    'funcgraph-abstime': true,
    'funcgraph-proc': true,
    'funcgraph-cpu': true,
    'funcgraph-duration': true,
    'funcgraph-overhead': true,
    'funcgraph-irqs': true,
    'funcgraph-overrun': false,
    'funcgraph-tail': false,
    'funcgraph-args': args,
    'funcgraph-retval': retval,
    'funcgraph-retaddr': retaddr,
    'sleep-time': sleepTime,
    'context-info': true,
    overwrite: true,
    'latency-format': false,
    'pause-on-trace': false,
    bin: false,
    hex: false,
    raw: false,
    verbose: false,
    stacktrace: false,
    userstacktrace: false,
    'sym-addr': false,
    'sym-offset': false,
    ...(hasChildren && { 'function-fork': true, 'event-fork': true }),
  }
  return Object.entries(options).map(([name, isOn]) => `${name}=${isOn ? 1 : 0}`)
}

/** The function that becomes the command. It stops until tracing is on. */
function commandFunction(command: readonly string[]): string {
  const words = command.map(quoted).join(' ')
  return `run_command() { exec sh -c 'kill -s STOP $$; exec "$@"' sh ${words}; }`
}

/** `5` for the cpus 0 and 2; 32 cpus to a group, as the kernel writes them. '' for none. */
function cpuMask(cpus: readonly number[]): string {
  const mask = cpus.reduce((sum, cpu) => sum | (1n << BigInt(cpu)), 0n)
  if (mask === 0n) return ''
  return mask.toString(16).replace(/\B(?=(.{8})+$)/g, ',')
}

function flag(value: boolean): string {
  return value ? '1' : ''
}

/** A word for a shell. */
function quoted(text: string): string {
  return /^[\w./:=,@%+-]*$/.test(text) && text !== '' ? text : `'${text.replaceAll("'", "'\\''")}'`
}
