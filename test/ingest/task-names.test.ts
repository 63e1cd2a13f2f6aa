/** Names of tasks: cells cut them, events tell them whole. */
import { expect, test } from 'vitest'
import { toldTasks } from '../../src/ingest/calls/told-tasks.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { readTrace } from '../read-trace.js'

/** The names that a track has had, of text with a task column. */
function namesIn(...lines: string[]): string[] {
  const names: string[] = []
  const text = lines.map(line => ` 0)  ${line}\n`).join('')
  readTrace(text, { ...ignored, defineTrack: (_, { comm }) => names.push(comm) })
  return names
}

const call = (cell: string) => `${cell.padEnd(14)}|   1.000 us    |  f();`
const event = (cell: string, text: string) => `${cell.padEnd(14)}|               |  /* ${text} */`

test.each([
  ['sched_waking', 'comm=rcu_preempt pid=13 prio=120 target_cpu=000', ['rcu_preempt-13']],
  ['sched_wakeup', 'rcu_preempt:15 [120] CPU:001', ['rcu_preempt-15']],
  ['sched_stat_runtime', 'comm=a b pid=7 pid=61 runtime=1534502 [ns]', ['a b pid=7-61']],
  ['sched_process_fork', 'comm=sh pid=131 child_comm=sh child_pid=419', ['sh-131', 'sh-419']],
  ['task_newtask', 'pid=419 comm=sh clone_flags=1200000 oom_score_adj=0', ['sh-419']],
  ['task_rename', 'pid=419 oldcomm=sh newcomm=ls oom_score_adj=0', ['ls-419']],
  [
    'sched_switch',
    'prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 next_prio=120',
    ['a-1', 'b-2'],
  ],
  ['sys_enter', 'comm=a pid=1', []],
])('%s: %s', (name, text, expected) => {
  expect(toldTasks(name, text).map(({ comm, pid }) => `${comm}-${pid}`)).toEqual(expected)
})

test('a name that an event tells stays, where cells cut it', () => {
  const told = event('bash-1', 'sched_waking: comm=rcu_preempt pid=13 prio=120 target_cpu=000')
  const text = [call('rcu_pre-13'), call('bash-1'), told, call('rcu_pre-13'), call('<...>-13')]
  expect(namesIn(...text)).toEqual(['rcu_preempt', 'bash'])
  expect(readTrace(text.map(line => ` 0)  ${line}\n`).join('')).tasks).toEqual([
    { pid: 13, comm: 'rcu_preempt' },
    { pid: 1, comm: 'bash' },
  ])
})

test('a name that is told late is told again', () => {
  const told = event('bash-1', 'sched_waking: comm=rcu_preempt pid=13 prio=120 target_cpu=000')
  const before = Array<string>(2000).fill(call('rcu_pre-13'))
  const after = [call('bash-1'), told, call('rcu_pre-13')]
  expect(namesIn(...before, ...after)).toEqual(['rcu_pre', 'bash', 'rcu_preempt'])
})

test('another name is that of a task that has changed it', () => {
  const told = event('sh-419', 'task_rename: pid=419 oldcomm=sh newcomm=python3.13 oom_score_adj=0')
  expect(namesIn(call('sh-419'), told, call('python3-419'), call('cat-419'))).toEqual([
    'sh',
    'python3.13',
    'cat',
  ])
})

test('a shorter name than a cell holds is another one', () => {
  const told = event('lsmod-7', 'sched_waking: comm=lsmod pid=7 prio=120 target_cpu=000')
  expect(namesIn(call('lsmod-7'), told, call('ls-7'))).toEqual(['lsmod', 'ls'])
})

test('a name cut within a character is that name', () => {
  const told = event('bash-1', 'sched_waking: comm=zählerüber pid=7 prio=120 target_cpu=000')
  const cut = Buffer.from('zähler\u00fc').subarray(0, 7).toString()
  expect(namesIn(call('bash-1'), told, call(`${cut}-7`))).toEqual(['bash', 'zählerüber'])
})
