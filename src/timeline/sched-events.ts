/** What events of the scheduler say. */

/** A switch of tasks, as the event sched_switch tells it. */
export interface SchedSwitch {
  readonly prev: SwitchedTask
  /** `S`, `R+`, or a number. */
  readonly prevState: string
  readonly next: SwitchedTask
}

export interface SwitchedTask {
  readonly comm: string
  readonly pid: number
  readonly prio: number
}

// The names of tasks have bounds, for two of any length would be tried in every combination.
// prev_comm=bash prev_pid=133 prev_prio=120 prev_state=S ==> next_comm=cat next_pid=15 next_prio=120
// prev_comm=bash prev_pid=133 prev_prio=120 prev_state=256 next_comm=cat next_pid=15 next_prio=120
const kernel =
  /^prev_comm=(.{0,64}) prev_pid=(\d+) prev_prio=(-?\d+) prev_state=(\S+) (?:==> )?next_comm=(.{0,64}) next_pid=(\d+) next_prio=(-?\d+)/s
// bash:133 [120] S ==> cat:15 [120]
const traceCmd = /^(.{0,64}):(\d+) \[(-?\d+)\] (\S+) ==> (.{0,64}):(\d+) \[(-?\d+)\]/s

/** Reads the text of sched_switch: the kernel's, or trace-cmd's with or without -R; otherwise undefined. */
export function schedSwitch(text: string): SchedSwitch | undefined {
  const match = kernel.exec(text) ?? traceCmd.exec(text)
  if (!match) return undefined
  const [, prevComm, prevPid, prevPrio, prevState, nextComm, nextPid, nextPrio] = match
  return {
    prev: { comm: prevComm, pid: Number(prevPid), prio: Number(prevPrio) },
    prevState,
    next: { comm: nextComm, pid: Number(nextPid), prio: Number(nextPrio) },
  }
}

/** The pid of the task that an event wakes or migrates. */
export function readiedTask(name: string, text: string): number | undefined {
  if (!READYING.has(name)) return undefined
  const pid = /\bpid=(\d+)/.exec(text)?.[1] ?? /:(\d+) \[-?\d+\]/.exec(text)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

const READYING: ReadonlySet<string> = new Set([
  'sched_waking',
  'sched_wakeup',
  'sched_wakeup_new',
  'sched_migrate_task',
])
