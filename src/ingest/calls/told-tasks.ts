/** Names of tasks that events tell whole, while the cells of the kernel's text cut them. */
import { schedSwitch } from '../../timeline/sched-events.js'
import type { Task } from '../lines/task-cells.js'

/** The tasks that an event of the scheduler or of a task names, by the names that they have from there on. */
export function toldTasks(event: string, text: string): readonly Task[] {
  if (event === 'sched_switch') return switchedTasks(text)
  if (!/^(?:sched|task)_/.test(event)) return []
  return forms.flatMap(form => {
    const { comm, pid } = form.exec(text)?.groups ?? {}
    return comm === undefined ? [] : [{ comm, pid: Number(pid) }]
  })
}

function switchedTasks(text: string): readonly Task[] {
  const tasks = schedSwitch(text)
  return tasks ? [tasks.prev, tasks.next] : []
}

const forms: readonly RegExp[] = [
  // comm=rcu_preempt pid=15 prio=120 target_cpu=001
  /^comm=(?<comm>.*) pid=(?<pid>\d+)/s,
  // rcu_preempt:15 [120] CPU:001
  /^(?<comm>.*):(?<pid>\d+) \[-?\d+\]/s,
  // parent_comm=bash parent_pid=133 child_comm=bash child_pid=419
  / child_comm=(?<comm>.*) child_pid=(?<pid>\d+)/s,
  // comm=bash pid=133 child_comm=bash child_pid=419
  // pid=419 comm=bash clone_flags=1200011 oom_score_adj=0
  /^pid=(?<pid>\d+) comm=(?<comm>.*) clone_flags=/s,
  // pid=419 oldcomm=sh newcomm=ls oom_score_adj=0
  /^pid=(?<pid>\d+) oldcomm=.* newcomm=(?<comm>.*) oom_score_adj=/s,
]
