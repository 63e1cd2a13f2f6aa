import { expect, test } from 'vitest'
import { TraceReader } from '../../src/ingest/trace-reader.js'
import { checked } from '../../src/timeline/checked.js'
import { StackWeights } from '../../src/timeline/stacks/index.js'
import { openWritten, readTrace } from '../read-trace.js'

async function awake(text: string) {
  const folded = await openWritten('folded')
  const { leftOut } = readTrace(text, folded.sink, undefined, { sleep: 'drop' })
  return { stacks: folded.text.trimEnd().split('\n').sort(), leftOut }
}

test('own time of schedule is sleep, unless it is short', async () => {
  const text = `
 0)               |  vfs_read() {
 0)               |    schedule() {
 0)   2.000 us    |      pick_next_task();
 0) # 5000.000 us |    }
 0)               |    schedule() {
 0)   1.000 us    |      pick_next_task();
 0)   9.000 us    |    }
 0)   3.000 us    |    copy_to_iter();
 0) # 5100.000 us |  }
`
  expect(await awake(text)).toEqual({
    stacks: [
      'vfs_read 88000',
      'vfs_read;copy_to_iter 3000',
      'vfs_read;schedule 8000',
      'vfs_read;schedule;pick_next_task 3000',
    ],
    leftOut: { asleep: 4_998_000, idle: 0 },
  })
})

test('time in which the cpu runs another task is sleep, in whatever function', async () => {
  const text = `
    1.000000 |   0)    bash-1      |               |  f() {
    1.000001 |   0)    bash-1      |   4.000 us    |    h();
 ------------------------------------------
 0)    bash-1      =>    cat-2
 ------------------------------------------

    1.000010 |   0)    cat-2       | + 50.000 us   |  g();
 ------------------------------------------
 0)    cat-2       =>    bash-1
 ------------------------------------------

    1.000070 |   0)    bash-1      | + 70.000 us   |  } /* f */
`
  const { stacks, leftOut } = await awake(text)
  expect(stacks).toEqual(['f 1000', 'f;h 4000', 'g 50000'])
  expect(leftOut).toEqual({ asleep: 65_000, idle: 0 })
})

test('an idle cpu does nothing but interrupts', async () => {
  const text = `
 0)   <idle>-0     |               |  do_idle() {
 0)   <idle>-0     |   1.000 us    |    tick_nohz_idle_enter();
 0)   <idle>-0     |               |    __sysvec_apic_timer_interrupt() {
 0)   <idle>-0     |   2.000 us    |      hrtimer_interrupt();
 0)   <idle>-0     |   5.000 us    |    }
 0)   <idle>-0     | # 8000.000 us |  }
`
  expect(await awake(text)).toEqual({
    stacks: [
      '__sysvec_apic_timer_interrupt 3000',
      '__sysvec_apic_timer_interrupt;hrtimer_interrupt 2000',
    ],
    leftOut: { asleep: 0, idle: 7_995_000 },
  })
})

test('without tasks, idle is known by functions', async () => {
  const text = `
 0)               |  do_idle() {
 0)               |    cpuidle_enter() {
 0) # 7000.000 us |    }
 0) # 8000.000 us |  }
 0)   1.000 us    |  f();
`
  expect(await awake(text)).toEqual({
    stacks: ['f 1000'],
    leftOut: { asleep: 0, idle: 8_000_000 },
  })
})

test('what is passed on keeps the contract, cut calls too', () => {
  const weights = new StackWeights({ byTrack: false, byCpu: false })
  const reader = new TraceReader(checked(weights), { sleep: 'drop' })
  reader.push(
    Buffer.from(
      ' 0) # 7000.000 us |    } /* do_idle */\n 0)               |  do_idle() {\n 0)   1.000 us    |    f();\n',
    ),
  )
  reader.endInput()
  expect(reader.finish().leftOut?.idle).toBe(7_001_000)
})
