import type { FunctionTotals } from './perfetto.js'

/** Nanoseconds and calls. */
export type CallgrindCost = readonly [number, number]

export interface CallgrindFunction {
  /** `name [module]` for those of modules. */
  readonly name: string
  readonly object: string
  readonly self: CallgrindCost
  readonly callees: readonly { name: string; calls: number; inclusive: CallgrindCost }[]
}

interface OpenFunction extends CallgrindFunction {
  self: CallgrindCost
  readonly callees: { name: string; calls: number; inclusive: CallgrindCost }[]
}

export interface CallgrindProfile {
  readonly header: Readonly<Record<string, string>>
  readonly summary: CallgrindCost
  readonly totals: CallgrindCost
  readonly functions: readonly CallgrindFunction[]
}

/** Reads a profile line by line, and throws where KCachegrind or speedscope would not accept it. */
export function decodeCallgrind(file: Uint8Array): CallgrindProfile {
  const lines = new TextDecoder().decode(file).split('\n')
  if (lines[0] !== '# callgrind format') throw new Error(`${lines[0]} in the first line`)
  const header: Record<string, string> = {}
  const functions: OpenFunction[] = []
  const names = { ob: new Map<string, string>(), fl: new Map(), fn: new Map() }
  let object = ''
  let calleeObject = ''
  let callee = ''
  let calls: number | undefined
  for (const line of lines) {
    const [, key = '', value = ''] = /^(\w+)(?:: |=)(.*)$/.exec(line) ?? []
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('calls=')) {
      calls = Number(/^calls=([1-9]\d*) 0$/.exec(line)?.[1])
    } else if (key === 'fl') {
      resolve(names.fl, value)
    } else if (key === 'ob') {
      object = resolve(names.ob, value)
    } else if (key === 'cob') {
      calleeObject = resolve(names.ob, value)
    } else if (key === 'fn') {
      const name = shown(resolve(names.fn, value), object)
      functions.push({ name, object, self: [0, 0], callees: [] })
    } else if (key === 'cfn') {
      callee = shown(resolve(names.fn, value), calleeObject || object)
      calleeObject = ''
    } else if (key !== '') {
      header[key] = key in header ? `${header[key]}\n${value}` : value
    } else {
      const [, nanos, count] = /^0 (\d+) (\d+)$/.exec(line) ?? []
      const cost = [Number(nanos), Number(count)] as const
      const func = functions.at(-1)
      if (!func || cost.some(Number.isNaN)) throw new Error(`no cost: ${line}`)
      if (calls === undefined) func.self = cost
      else func.callees.push({ name: callee, calls, inclusive: cost })
      calls = undefined
    }
  }
  return {
    header,
    functions,
    summary: total(header.summary),
    totals: total(header.totals),
  }
}

/** Calls and self time of each measured function. */
export function totalsOfCallgrind(file: Uint8Array): Map<string, FunctionTotals> {
  const measured = decodeCallgrind(file).functions.filter(({ self: [, calls] }) => calls > 0)
  return new Map(measured.map(({ name, self: [self, calls] }) => [name, { calls, self }]))
}

/** The inclusive time in readers: the sum of the edges that lead to a function. */
export function inclusiveOfCallgrind(file: Uint8Array): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { callees } of decodeCallgrind(file).functions) {
    for (const { name, inclusive } of callees) {
      totals.set(name, (totals.get(name) ?? 0) + inclusive[0])
    }
  }
  return totals
}

/** `(1) name` says what `(1)` means from then on. */
function resolve(names: Map<string, string>, value: string): string {
  const [, id = '', name = ''] = /^(\(\d+\))(?: (.+))?$/.exec(value) ?? []
  if (name === '') return names.get(id) ?? fail(`${value} before it is defined`)
  if (names.has(id)) fail(`${id} is defined twice`)
  names.set(id, name)
  return name
}

function shown(name: string, object: string): string {
  return object === 'kernel' || object === 'tasks' ? name : `${name} [${object}]`
}

function total(text = ''): CallgrindCost {
  const [nanos, calls] = text.split(' ').map(Number)
  return [nanos ?? Number.NaN, calls ?? Number.NaN]
}

function fail(message: string): never {
  throw new Error(message)
}
