import type { StringTable } from '../../base/string-table.js'
import { servesInterrupts } from '../../timeline/interrupt-functions.js'
import type { KernelFunction } from '../../timeline/sink.js'
import type { CallTree } from '../../timeline/stacks/index.js'
import { INTERRUPT, KERNEL, MODULE } from './categories.js'

const LIBRARY = 1
/**
 * A function and a frame for each kernel function, and a library for each module. If there are stacks
 * of interrupts, each function has a second frame for them, of the category of interrupts.
 */
export function symbolTables(
  functions: readonly KernelFunction[],
  strings: StringTable,
  hasInterrupts: boolean,
) {
  const named = functions.slice(1)
  const modules = [...new Set(named.map(({ module }) => module))]
  const libs = modules.map(module => {
    const name = module || 'kernel'
    const path = { path: name, debugPath: name, breakpadId: '', codeId: null, arch: null }
    return { name, debugName: name, ...path }
  })
  const all = <T>(value: T) => named.map(() => value)
  const twice = <T>(first: readonly T[], second: readonly T[]) =>
    hasInterrupts ? [...first, ...second] : first
  const frames = <T>(value: T) => twice(all(value), all(value))
  const { length } = named
  return {
    libs,
    frameTable: {
      address: frames(-1),
      inlineDepth: frames(0),
      category: twice(
        named.map(({ module }) => (module === '' ? KERNEL : MODULE)),
        all(INTERRUPT),
      ),
      subcategory: frames(0),
      func: twice([...named.keys()], [...named.keys()]),
      nativeSymbol: frames(null),
      innerWindowID: frames(0),
      line: frames(null),
      column: frames(null),
      length: hasInterrupts ? 2 * length : length,
    },
    funcTable: {
      name: named.map(({ name }) => strings.index(name)),
      isJS: all(false),
      relevantForJS: all(false),
      resource: named.map(({ module }) => modules.indexOf(module)),
      source: all(null),
      lineNumber: all(null),
      columnNumber: all(null),
      length,
    },
    resourceTable: {
      type: libs.map(() => LIBRARY),
      lib: libs.map((_, index) => index),
      name: libs.map(({ name }) => strings.index(name)),
      host: libs.map(() => null),
      length: libs.length,
    },
    nativeSymbols: { libIndex: [], address: [], name: [], functionSize: [], length: 0 },
    sources: { uuid: [], filename: [], length: 0 },
  }
}

/** 1 for each node that is a function of interrupts, or below one. */
export function nodesInInterrupts(
  stacks: CallTree,
  functions: readonly KernelFunction[],
): Uint8Array {
  const nodes = new Uint8Array(stacks.length)
  for (let node = 1; node < stacks.length; node++) {
    const definition = functions[stacks.functionOf(node)]
    nodes[node] = nodes[stacks.parent(node)] || Number(servesInterrupts(definition))
  }
  return nodes
}
