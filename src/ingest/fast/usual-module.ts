import wasm from './assembly/built/usual.wasm'

/** What assembly/index.ts exports. */
export interface UsualModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  // Where things lie in the memory, and how much room there is for them.
  readonly name: WebAssembly.Global<'i32'>
  readonly records: WebAssembly.Global<'i32'>
  readonly eventNumbers: WebAssembly.Global<'i32'>
  readonly eventTimes: WebAssembly.Global<'i32'>
  readonly followed: WebAssembly.Global<'i32'>
  readonly sums: WebAssembly.Global<'i32'>
  readonly taskTracks: WebAssembly.Global<'i32'>
  readonly cpus: WebAssembly.Global<'i32'>
  readonly stacks: WebAssembly.Global<'i32'>
  readonly text: WebAssembly.Global<'i32'>
  readonly MOST_EVENTS: WebAssembly.Global<'i32'>
  readonly MOST_TASKS: WebAssembly.Global<'i32'>
  readonly MOST_CPUS: WebAssembly.Global<'i32'>
  readonly CPU_SIZE: WebAssembly.Global<'i32'>
  readonly MOST_STACKS: WebAssembly.Global<'i32'>
  readonly STACK_SIZE: WebAssembly.Global<'i32'>
  readonly LEVELS: WebAssembly.Global<'i32'>

  setLayout(
    absoluteTime: boolean,
    relativeTime: boolean,
    cpu: boolean,
    task: boolean,
    flagsCell: boolean,
    gluedFlags: boolean,
    duration: boolean,
  ): void
  learnFunction(length: number, id: number): void
  learnTask(length: number, id: number): void
  read(start: number, end: number): number

  setCapture(time: boolean, slots: boolean): void
  follow(from: number, end: number, seconds: number, nanos: number): number
}

/** Bytes of text that there is room for, and of what scanners look at behind it. */
export const TEXT_ROOM = 4 * 1024 * 1024
/** Bytes that may be read behind a text. */
const AHEAD = 1024
const PAGE = 64 * 1024

let compiled: WebAssembly.Module | undefined

/** The module that reads and follows what most lines are like, with a memory that never moves. */
export function usualModule(): UsualModule {
  compiled ??= new WebAssembly.Module(wasm)
  const module = new WebAssembly.Instance(compiled).exports as UsualModule
  const { memory, text } = module
  memory.grow(Math.ceil((text.value + TEXT_ROOM + AHEAD - memory.buffer.byteLength) / PAGE))
  return module
}
