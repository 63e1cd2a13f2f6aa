import { Fields } from './fields.js'

/** The numbers of options and sections (trace-cmd.dat.v7(5)). */
export const optionIds = {
  DONE: 0,
  DATE: 1,
  CPUSTAT: 2,
  BUFFER: 3,
  TRACECLOCK: 4,
  UNAME: 5,
  OFFSET: 7,
  CPUCOUNT: 8,
  VERSION: 9,
  TRACEID: 11,
  TIME_SHIFT: 12,
  GUEST: 13,
  TSC2NSEC: 14,
  HEADER_INFO: 16,
  FTRACE_EVENTS: 17,
  EVENT_FORMATS: 18,
  KALLSYMS: 19,
  PRINTK: 20,
  CMDLINES: 21,
  BUFFER_TEXT: 22,
  BTF_FILE: 23,
  MODULES_FILE: 25,
} as const

/** Where the pages of a cpu lie in the file. */
export interface CpuData {
  readonly cpu: number
  readonly offset: number
  readonly size: number
}

/** A buffer of the tracer: the top one, or that of an instance. */
export interface BufferOption {
  /** '' for the top one. */
  readonly name: string
  /** Where its section begins. */
  readonly offset: number
  /** Of version 7; version 6 has one clock for all. */
  readonly clock: string
  /** Kernel text, as latency tracers leave it, instead of pages. */
  readonly isText: boolean
  /** Bytes of a page; 0 where the option does not say. */
  readonly pageSize: number
  readonly cpus: readonly CpuData[]
}

/** Corrections that bring the time of a guest to that of its host. */
export interface TimeShift {
  readonly host: bigint
  readonly interpolates: boolean
  readonly cpus: readonly (readonly TimeSample[])[]
}

export interface TimeSample {
  readonly time: bigint
  readonly offset: bigint
  readonly scaling: bigint
  readonly fraction: bigint
}

export interface Guest {
  readonly name: string
  readonly traceId: bigint
}

/** Everything that the options of a recording say. */
export interface Options {
  readonly buffers: BufferOption[]
  /** Where sections begin, by the number of their option. */
  readonly sections: Map<number, number>
  /** Texts of per_cpu/cpuN/stats. */
  readonly cpuStats: string[]
  readonly guests: Guest[]
  uname: string
  version: string
  /** `local` */
  clock: string
  /** Whether the list of clocks was there: in version 6 it stands behind the cpus once more. */
  hasClocks: boolean
  /** Nanoseconds to add to each timestamp. */
  offset: bigint
  cpuCount: number
  traceId: bigint | undefined
  timeShift: TimeShift | undefined
  /** ns = (cycles * multiplier) >> shift */
  cycles: { readonly multiplier: number; readonly shift: number } | undefined
  /** Options that are not known, or are damaged. */
  unread: number
}

export function noOptions(): Options {
  return {
    buffers: [],
    sections: new Map(),
    cpuStats: [],
    guests: [],
    uname: '',
    version: '',
    clock: '',
    hasClocks: false,
    offset: 0n,
    cpuCount: 0,
    traceId: undefined,
    timeShift: undefined,
    cycles: undefined,
    unread: 0,
  }
}

const microsecond = 1000n

/** Takes the data of one option. Throws `CutOff` where they are too short. */
export function takeOption(options: Options, id: number, data: Fields, hasSections: boolean): void {
  const ids = optionIds
  switch (id) {
    case ids.DATE:
      options.offset += numberIn(data.text()) * microsecond
      break
    case ids.OFFSET:
      options.offset += numberIn(data.text())
      break
    case ids.CPUSTAT:
      options.cpuStats.push(data.text())
      break
    case ids.BUFFER:
    case ids.BUFFER_TEXT:
      options.buffers.push(bufferOption(data, id === ids.BUFFER_TEXT, hasSections))
      break
    case ids.TRACECLOCK:
      options.clock = chosenClock(data.text())
      options.hasClocks = true
      break
    case ids.UNAME:
      options.uname = data.text()
      break
    case ids.VERSION:
      options.version = data.text()
      break
    case ids.CPUCOUNT:
      options.cpuCount = data.u32()
      break
    case ids.TRACEID:
      options.traceId = data.u64()
      break
    case ids.TIME_SHIFT:
      options.timeShift = timeShift(data)
      break
    case ids.GUEST:
      options.guests.push({ name: data.text(), traceId: data.u64() })
      break
    case ids.TSC2NSEC:
      options.cycles = { multiplier: data.u32(), shift: data.u32() }
      break
    case ids.HEADER_INFO:
    case ids.FTRACE_EVENTS:
    case ids.EVENT_FORMATS:
    case ids.KALLSYMS:
    case ids.PRINTK:
    case ids.CMDLINES:
    case ids.BTF_FILE:
    case ids.MODULES_FILE:
      options.sections.set(id, data.place())
      break
    default:
      if (!ignored.has(id)) options.unread++
  }
}

/** HOOK, PROCMAPS, STRINGS, LAST_BOOT_INFO: nothing of calls. */
const ignored: ReadonlySet<number> = new Set([6, 10, 15, 24])

function bufferOption(data: Fields, isText: boolean, hasSections: boolean): BufferOption {
  const offset = data.place()
  const name = data.text()
  const clock = hasSections ? data.text() : ''
  if (isText || !hasSections) return { name, offset, clock, isText, pageSize: 0, cpus: [] }
  const pageSize = data.u32()
  const count = data.u32()
  const cpus: CpuData[] = []
  for (let index = 0; index < count; index++) {
    cpus.push({ cpu: data.u32(), offset: data.place(), size: data.place() })
  }
  return { name, offset, clock, isText, pageSize, cpus }
}

/** `[local] global counter`: the chosen one of trace_clock. */
export function chosenClock(text: string): string {
  return /\[([\w-]+)\]/.exec(text)?.[1] ?? ''
}

/** `0x1f`, `-12`; 0 for anything else. */
function numberIn(text: string): bigint {
  const [, sign, digits] = /^\s*([+-]?)(0x[\da-f]{1,16}|\d{1,20})/i.exec(text) ?? []
  if (digits === undefined) return 0n
  return sign === '-' ? -BigInt(digits) : BigInt(digits)
}

const INTERPOLATES = 1

function timeShift(data: Fields): TimeShift {
  const host = data.u64()
  const interpolates = (data.u32() & INTERPOLATES) !== 0
  const count = data.u32()
  const cpus: TimeSample[][] = []
  const numbers = (length: number) => {
    const part = new Fields(data.take(length * 8), data.isLittle)
    return Array.from({ length }, () => part.i64())
  }
  for (let cpu = 0; cpu < count; cpu++) {
    const samples = data.u32()
    const [times, offsets, scalings] = [numbers(samples), numbers(samples), numbers(samples)]
    cpus.push(
      times.map((time, index) => ({
        time,
        offset: offsets[index] as bigint,
        scaling: scalings[index] as bigint,
        fraction: 0n,
      })),
    )
  }
  // Recordings before trace-cmd 3.0 have no fractions.
  const whole = data.left > 0 ? cpus.map(samples => samples.map(withFraction)) : cpus
  return { host, interpolates, cpus: whole.map(sortedSamples) }

  function withFraction(sample: TimeSample): TimeSample {
    const fraction = data.i64()
    return { ...sample, fraction: fraction >= 0n && fraction < 64n ? fraction : 0n }
  }
}

/** By time, each once. */
function sortedSamples(samples: readonly TimeSample[]): TimeSample[] {
  const sorted = [...samples].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  return sorted.filter(({ time }, index) => time !== sorted[index - 1]?.time)
}

/** The events that a cpu has lost to newer ones, by its statistics: `overrun: 12`. */
export function overrunsOf(stats: string): { cpu: number; events: number } | undefined {
  const cpu = /^CPU: (\d+)/m.exec(stats)?.[1]
  const events = /^overrun: (\d+)/m.exec(stats)?.[1]
  return cpu === undefined || events === undefined
    ? undefined
    : { cpu: Number(cpu), events: Number(events) }
}
