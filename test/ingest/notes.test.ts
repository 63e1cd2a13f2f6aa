import { describe, expect, test } from 'vitest'
import { shownNotes } from '../../src/timeline/notes.js'
import type { CallNotes } from '../../src/timeline/sink.js'
import { ignored } from '../../src/timeline/sinks/index.js'
import { timelineOf } from '../dump-timeline.js'
import { readTrace } from '../read-trace.js'

/** The notes on the calls of a trace, in the order of their ends. */
function notesOf(text: string): (CallNotes | undefined)[] {
  const found: (CallNotes | undefined)[] = []
  readTrace(text, { ...ignored, end: (_track, _func, _at, _duration, notes) => found.push(notes) })
  return found
}

const leaf = (call: string) => notesOf(` 0)   2.000 us    |  ${call}\n`.repeat(3))[0]
const parts = (notes: CallNotes | undefined) =>
  notes && { arguments: notes.arguments, caller: notes.caller, returned: notes.returned }
const value = (text: string, number?: bigint, meaning = '') => ({ text, number, meaning })

describe('arguments', () => {
  test.each([
    ['f(x=0xffff888003f5a000);', [['x', value('0xffff888003f5a000', 0xffff888003f5a000n)]]],
    [
      'f(delta=-1, val=4294967295);',
      [
        ['delta', value('-1', -1n)],
        ['val', value('4294967295', 4294967295n)],
      ],
    ],
    ['f(idx=17 [NR_ANON_MAPPED]);', [['idx', value('17', 17n, 'NR_ANON_MAPPED')]]],
    [
      'f(a=(STRUCT)[0x1:0x2], b=1, ...);',
      [
        ['a', value('(STRUCT)[0x1:0x2]')],
        ['b', value('1', 1n)],
      ],
    ],
    ['f(a=(UNION)[0x1, 0x2:...]);', [['a', value('(UNION)[0x1, 0x2:...]')]]],
    [
      'p9 [9pnet](c=0xff, =?0x63);',
      [
        ['c', value('0xff', 255n)],
        ['', value('?0x63', 0x63n)],
      ],
    ],
    ['f(x="); /* {"); /* ret=0x0 */', [['x', value('"); /* {"')]]],
    ['f();', undefined],
  ])('%s', (call, expected) => {
    const list = leaf(call)?.arguments.map(({ name, value }) => [name, value])
    expect(list).toEqual(expected)
  })

  test('of an entry are on the call when it ends', () => {
    const text =
      ' 0)               |  f(x=1) {\n 0)   1.000 us    |    g(y=2);\n 0)   3.000 us    |  }\n'
    expect(notesOf(text).map(notes => notes?.arguments[0]?.name)).toEqual(['y', 'x'])
  })

  test('of a call without an exit are kept', () => {
    const text = ' 0)               |  f(x=1) {\n 0)   1.000 us    |    g();\n'
    expect(timelineOf(text).at(-1)).toBe('CPU 0 1000 } f incomplete x=1')
  })

  test('do not go on to the next call of the stack', () => {
    const text =
      ' 0)               |  f(x=1) {\n 0)   1.000 us    |  }\n 0)               |  g() {\n 0)   1.000 us    |  }\n'
    expect(notesOf(text).map(notes => notes?.arguments.length)).toEqual([1, undefined])
  })
})

describe('a return value', () => {
  test.each([
    ['f(); /* = 0x0 */', value('0x0', 0n)],
    ['f(); /* ret=0x1 */', value('0x1', 1n)],
    ['f(); /* ret=-22 */', value('-22', -22n, 'EINVAL')],
    ['f(); /* = -22 */', value('-22', -22n, 'EINVAL')],
    ['f(); /* ret=0xffffffc3 */', value('0xffffffc3', 0xffffffc3n, 'ENODATA')],
    [
      'f(); /* ret=0xfffffffffffffff5 */',
      value('0xfffffffffffffff5', 0xfffffffffffffff5n, 'EAGAIN'),
    ],
    ['f(); /* ret=-512 */', value('-512', -512n, 'ERESTARTSYS')],
    ['f(); /* ret=-4000 */', value('-4000', -4000n)],
    ['f(); /* ret=true */', value('true')],
    ['f(); /* ret=0x69380649(trunc) */', value('0x69380649(trunc)')],
  ])('%s', (call, expected) => {
    expect(parts(leaf(call))).toEqual({ arguments: [], caller: '', returned: expected })
  })

  test.each([
    ['} /* f ret=-2 */', 'ENOENT'],
    ['} /* f = -2 */', 'ENOENT'],
    ['} /* f [mod] ret=0xfffffffe */', 'ENOENT'],
  ])('of %s joins what the entry notes', (exit, meaning) => {
    const name = exit.includes('mod') ? 'f [mod]' : 'f'
    const text = ` 0)               |  ${name}(x=1) {\n 0)   1.000 us    |    g();\n 0)   3.000 us    |  ${exit}\n`
    const [, notes] = notesOf(text)
    expect(notes).toMatchObject({ arguments: [{ name: 'x' }], returned: { meaning } })
  })

  test('is all that is known of a call whose entry is not in the trace', () => {
    expect(
      parts(notesOf(' 0)   1.000 us    |    g();\n 0)   3.000 us    |  } /* f ret=0x5 */\n')[1]),
    ).toEqual({
      arguments: [],
      caller: '',
      returned: value('0x5', 5n),
    })
  })
})

test.each([
  ['f(); /* <-g+0x1d/0x40 */', 'g+0x1d/0x40'],
  ['f(a=1); /* <-g+0x1d/0x40 [nf_nat] ret=-22 */', 'g+0x1d/0x40 [nf_nat]'],
  [
    'f(x=0x1); /* <-g+0x1d/0x40 [mod] <ffffffffc0a1b2c3> */',
    'g+0x1d/0x40 [mod] <ffffffffc0a1b2c3>',
  ],
  ["f(); /* <-[unknown/kretprobe'd] ret=0x0 */", "[unknown/kretprobe'd]"],
  ['f(); /* <-0 */', '0'],
])('%s is called from %s', (call, caller) => {
  expect(leaf(call)?.caller).toBe(caller)
})

test('viewers show every note under a key of its own', () => {
  const notes = leaf('f(caller=1, =0x2, idx=1 [X]); /* <-g+0x1/0x2 ret=-22 */') as CallNotes
  expect(shownNotes(notes)).toEqual([
    ['caller', 1],
    ['argument 2', '0x2'],
    ['idx', '1 [X]'],
    ['called from', 'g+0x1/0x2'],
    ['return', -22],
    ['returned error', 'EINVAL'],
  ])
})
