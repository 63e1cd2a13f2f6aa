import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { defineFunctions } from './captures.js'

/** Hard cases for tables: names, notes, gaps, late names, calls without exit, migrations. */
export function oddCalls(sink: TimelineSink): void {
  defineFunctions(sink, 'vfs_read', 'ext4_read [ext4]', 'odd"na,me', 'irq_enter_rcu')
  sink.defineTrack(0, { pid: 100, comm: 'my, "app', cpu: undefined })
  sink.defineTrack(1, { pid: undefined, comm: '', cpu: 1 })
  sink.migrate(0, 3, 0)
  // Running since before: named at its exit.
  sink.begin(0, UNNAMED, 0)
  // A gap: never named.
  sink.begin(0, UNNAMED, 1)
  sink.begin(0, 3, 2)
  sink.migrate(0, 0, 5)
  sink.end(0, 3, 102, 100, {
    arguments: [
      { name: 'fd', value: { text: '3', number: 3n, meaning: '' } },
      { name: 'how', value: { text: '2', number: 2n, meaning: 'O_RDWR' } },
      { name: '', value: { text: '"x"', number: undefined, meaning: '' } },
    ],
    caller: 'do_sys+0x1d/0x40 [ext4]',
    returned: { text: '-22', number: -22n, meaning: 'EINVAL' },
  })
  sink.end(0, UNNAMED, 200, UNMEASURED)
  sink.end(0, 1, 1000, 900)
  // The task of the second track becomes known after its first call.
  sink.begin(1, 4, 10)
  sink.end(1, 4, 12, 2)
  sink.defineTrack(1, { pid: 0, comm: 'swapper/1', cpu: 1 })
  sink.begin(1, 2, 20)
  sink.begin(1, 4, 30)
  // Longer than its caller is.
  sink.end(1, 4, 40, 25)
  sink.end(1, 2, 41, 21, { arguments: [], caller: 'a+0x1/0x2', returned: undefined })
  // Still running when the trace ends.
  sink.begin(1, 2, 50)
  sink.begin(1, 1, 51)
  sink.end(1, 1, 61, 10)
  sink.end(1, 2, 70, UNMEASURED)
}
