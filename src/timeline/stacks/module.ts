import wasm from './assembly/built/call-tree.wasm'

/** The exports of assembly/index.ts. */
export interface CallTreeModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory

  addRoot(): number
  child(parent: number, func: number, previous: number): number
  add(node: number, calls: number, self: number): void
  move(from: number, into: number): void

  open(track: number, root: number): void
  begin(track: number, func: number): void
  end(track: number, func: number, duration: number, hasFailed: boolean): void
  take(from: number, to: number): number
  settle(node: number, func: number): number
  inside(track: number): number
  levelOf(track: number): number
  nodeAt(track: number, level: number): number
  replace(track: number, level: number, node: number): void
  watch(track: number, isWatched: boolean): void
}

let compiled: WebAssembly.Module | undefined

export function callTreeModule(): CallTreeModule {
  compiled ??= new WebAssembly.Module(wasm)
  return new WebAssembly.Instance(compiled).exports as CallTreeModule
}
