import { expect, test } from 'vitest'
import { Btf } from '../../src/ingest/trace-dat/btf.js'
import { encoded } from '../trace-dat/writer.js'

const [INT, PTR, STRUCT, ENUM, TYPEDEF, CONST, FUNC, FUNC_PROTO] = [1, 2, 4, 6, 8, 10, 12, 13]
const SIGNED = 1 << 24

/** BTF of the types below, numbered from 1 on: kind, name, members, size or type, what stands behind. */
function btf(isBig: boolean): Uint8Array {
  let strings = '\0'
  const name = (text: string) => {
    if (text === '') return 0
    const at = strings.length
    strings += `${text}\0`
    return at
  }
  const u32 = (value: number) => [...encoded(4, value, isBig)]
  const type = (kind: number, text: string, members: number, size: number, rest: number[] = []) => [
    ...u32(name(text)),
    ...u32(kind * 2 ** 24 + members),
    ...[...u32(size), ...rest],
  ]
  const parameters: [string, number][] = [
    ...([
      ['dfd', 1],
      ['flags', 5],
      ['path', 6],
      ['kind', 7],
    ] as [string, number][]),
    ...([
      ['pair', 8],
      ['further', 2],
    ] as [string, number][]),
  ]
  const types = [
    type(INT, 'int', 0, 4, u32(SIGNED + 32)),
    type(INT, 'unsigned long', 0, 8, u32(64)),
    type(PTR, '', 0, 0),
    type(CONST, '', 0, 2),
    type(TYPEDEF, 'flags_t', 0, 4),
    type(CONST, '', 0, 3),
    type(ENUM, 'kind', 1, 4, [...u32(name('FIRST')), ...u32(0)]),
    type(STRUCT, 'pair', 1, 16, [...u32(name('a')), ...u32(1), ...u32(0)]),
    type(
      FUNC_PROTO,
      '',
      parameters.length,
      1,
      parameters.flatMap(([text, of]) => [...u32(name(text)), ...u32(of)]),
    ),
    type(FUNC, 'do_open', 0, 9),
  ].flat()
  const text = new TextEncoder().encode(strings)
  return Uint8Array.from([
    ...[...encoded(2, 0xeb9f, isBig), 1, 0],
    ...[24, 0, types.length, types.length, text.length].flatMap(u32),
    ...[...types, ...text],
  ])
}

const registers = [0xffff_ff9cn, 0x12n, 0xffff888003f5a000n, 2n, 3n, 4n]

test.each([false, true])('arguments by their names and types; big endian: %s', isBig => {
  const types = new Btf(btf(isBig), !isBig)
  const list = types.argumentsOf('do_open', registers, 8)
  expect(list?.map(({ name, value }) => `${name}=${value.text}`)).toEqual([
    'dfd=-100',
    'flags=0x12',
    'path=0xffff888003f5a000',
    'kind=2',
    'pair=(STRUCT)[0x3:0x4]',
  ])
  expect(list?.[0]?.value.number).toBe(-100n)
})

test('a function that is not known, and bytes that are no BTF', () => {
  expect(new Btf(btf(false), true).argumentsOf('do_close', registers, 8)).toBeUndefined()
  expect(() => new Btf(new Uint8Array(40), true)).toThrow()
  expect(() => new Btf(btf(false).subarray(0, 60), true)).toThrow()
})
