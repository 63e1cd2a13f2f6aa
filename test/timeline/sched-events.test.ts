import { expect, test } from 'vitest'
import { schedSwitch } from '../../src/timeline/sched-events.js'

const bash = { comm: 'my bash', pid: 133, prio: 120 }
const idle = { comm: 'swapper/0', pid: 0, prio: 120 }

test('the texts of the kernel and of trace-cmd say the same', () => {
  const wanted = { prev: bash, prevState: 'S', next: idle }
  expect(
    schedSwitch(
      'prev_comm=my bash prev_pid=133 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120',
    ),
  ).toEqual(wanted)
  expect(schedSwitch('my bash:133 [120] S ==> swapper/0:0 [120]')).toEqual(wanted)
})

test('any other text is none', () => {
  expect(schedSwitch('next_comm=cat')).toBeUndefined()
  expect(schedSwitch('')).toBeUndefined()
})
