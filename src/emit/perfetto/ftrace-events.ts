/**
 * Parses the text of scheduler and interrupt events, the kernel's or trace-cmd's, into the fields of
 * ftrace's own events. Perfetto draws cpus and thread states from those.
 */
import { schedSwitch } from '../../timeline/sched-events.js'

/** The one field of FtraceEvent that is set. */
export interface FtraceFields {
  readonly schedSwitch?: SchedSwitch
  readonly schedWaking?: Woken
  readonly schedWakeup?: Woken
  readonly schedWakeupNew?: Woken
  readonly irqHandlerEntry?: object
  readonly irqHandlerExit?: object
  readonly softirqEntry?: object
  readonly softirqExit?: object
  readonly softirqRaise?: object
}

interface SchedSwitch {
  readonly prevComm: string
  readonly prevPid: number
  readonly prevPrio: number
  readonly prevState: number
  readonly nextComm: string
  readonly nextPid: number
  readonly nextPrio: number
}

interface Woken {
  readonly comm: string
  readonly pid: number
  readonly prio: number
  readonly targetCpu: number
}

/** Returns undefined for any other event, and if the text lacks a field. */
export function ftraceFields(name: string, text: string): FtraceFields | undefined {
  return readers.get(name)?.(text)
}

const readers = new Map<string, (text: string) => FtraceFields | undefined>(
  Object.entries({
    sched_switch: text => some('schedSwitch', switchIn(text)),
    sched_waking: text => some('schedWaking', wokenIn(text)),
    sched_wakeup: text => some('schedWakeup', wokenIn(text)),
    sched_wakeup_new: text => some('schedWakeupNew', wokenIn(text)),
    irq_handler_entry: text => {
      const [, irq, name = ''] = /^irq=(\d+)(?: name=(.*))?/.exec(text) ?? []
      return some('irqHandlerEntry', irq && { irq: Number(irq), name })
    },
    irq_handler_exit: text => {
      const [, irq, ret] = /^irq=(\d+) ret=(\w+)/.exec(text) ?? []
      return some('irqHandlerExit', irq && { irq: Number(irq), ret: ret === 'unhandled' ? 0 : 1 })
    },
    softirq_entry: text => some('softirqEntry', vectorIn(text)),
    softirq_exit: text => some('softirqExit', vectorIn(text)),
    softirq_raise: text => some('softirqRaise', vectorIn(text)),
  }),
)

function some(field: keyof FtraceFields, value: unknown): FtraceFields | undefined {
  return value ? { [field]: value } : undefined
}

function switchIn(text: string): SchedSwitch | undefined {
  const found = schedSwitch(text)
  if (!found) return undefined
  const { prev, next } = found
  return {
    prevComm: prev.comm,
    prevPid: prev.pid,
    prevPrio: prev.prio,
    prevState: prevState(found.prevState),
    nextComm: next.comm,
    nextPid: next.pid,
    nextPrio: next.prio,
  }
}

// comm=cat pid=15 prio=120 target_cpu=001      cat:15 [120] success=1 CPU:001      cat:15 [120]<CPU:001>
function wokenIn(text: string): Woken | undefined {
  const [, comm = '', pid, prio, cpu] =
    /^comm=(.*) pid=(\d+) prio=(-?\d+)(?: success=\d+)? target_cpu=(\d+)/s.exec(text) ??
    /^(.{0,64}):(\d+) \[(-?\d+)\].*CPU:(\d+)/s.exec(text) ??
    []
  if (pid === undefined) return undefined
  return { comm, pid: Number(pid), prio: Number(prio), targetCpu: Number(cpu) }
}

// vec=9 [action=RCU]
function vectorIn(text: string): object | undefined {
  const vec = /^vec=(\d+)/.exec(text)?.[1]
  return vec === undefined ? undefined : { vec: Number(vec) }
}

/**
 * The state in the bits of kernel 4.4, which Perfetto assumes if a trace names no kernel version
 * (TaskState in its trace processor). 4.4 has no idle state: it is written as D with TASK_NOLOAD. A
 * number in the text has the bits of kernels since 4.14. trace-cmd prints the idle state as W, in
 * which no task is switched out.
 */
function prevState(text: string): number {
  const isNumber = /^(?:0x[\da-f]+|\d+)$/.test(text)
  const letters = isNumber ? lettersOf(Number(text)) : text
  let state = 0
  for (const letter of letters) state |= STATES[letter] ?? 0
  return state
}

function lettersOf(bits: number): string {
  return [...'SDTtXZPI+'].filter((_, bit) => bits & (1 << bit)).join('')
}

const STATES: Readonly<Record<string, number>> = {
  S: 0x1,
  D: 0x2,
  T: 0x4,
  t: 0x8,
  X: 0x10,
  Z: 0x20,
  x: 0x40,
  K: 0x80,
  P: 0x200,
  I: 0x402,
  W: 0x402,
  '+': 0x800,
}
