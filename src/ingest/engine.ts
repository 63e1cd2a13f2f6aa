/**
 * The engine (assembly/index.ts) as TypeScript sees it: a WebAssembly module for each trace, and
 * what it asks of its host.
 */
import wasm from './assembly/built/engine.wasm'

/** The exports of assembly/index.ts, which documents them. */
export interface EngineModule extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory

  // Where things lie in the memory, and how much room there is for them.
  readonly text: WebAssembly.Global<'i32'>
  readonly TEXT_ROOM: WebAssembly.Global<'i32'>
  readonly name: WebAssembly.Global<'i32'>
  readonly LONGEST_NAME: WebAssembly.Global<'i32'>
  readonly eventNumbers: WebAssembly.Global<'i32'>
  readonly eventTimes: WebAssembly.Global<'i32'>
  readonly eventNotes: WebAssembly.Global<'i32'>
  readonly eventLines: WebAssembly.Global<'i32'>
  readonly MOST_EVENTS: WebAssembly.Global<'i32'>
  readonly counts: WebAssembly.Global<'i32'>
  readonly MOST_LINES: WebAssembly.Global<'i32'>

  // Scanning.
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
  scan(start: number, end: number): number
  lineBegin(index: number): number
  lineEnd(index: number): number
  showLine(index: number): void
  readonly unreadNotes: WebAssembly.Global<'i32'>
  wantNotes(valuesOnly: boolean): void
  learnValue(start: number, end: number, number: number): void
  countUnread(): number
  setNotes(index: number, number: number): void
  takeNotes(index: number): number

  // Whose stack a line belongs to.
  addStack(isTask: boolean, isInterrupts: boolean, servesSoftirqs: boolean): number
  setTask(track: number, isTask: boolean, servesSoftirqs: boolean): void
  hasOpenCalls(track: number): number
  cpuOfTrack(track: number): number
  trackOf(task: number, cpu: number): number
  setTaskTrack(task: number, track: number): void
  setIdleTask(task: number): void
  forgetTaskTracks(): void
  setRunning(cpu: number, track: number): void
  setIdle(cpu: number, track: number): void
  forgetRunning(cpu: number): void
  seeCpu(cpu: number): void
  cpuCount(): number
  cpuNumber(index: number): number

  // The meaning of lines.
  showInterruptsApart(): void
  showSleepApart(): void
  setHandler(func: number, runsSoftirqs: boolean): void
  setSleeper(func: number): void
  expectInterrupt(cpu: number): void
  startCapture(time: boolean, clockScale: number, slots: boolean): void
  placeLine(
    index: number,
    kind: number,
    isInInterrupt: boolean,
    depth: number,
    func: number,
    duration: number,
    cpu: number,
    task: number,
    seconds: number,
    nanos: number,
    notes: number,
  ): void
  follow(from: number, end: number, seconds: number, nanos: number): number
  isJump(cpu: number, seconds: number, nanos: number): number
  seeLine(cpu: number, seconds: number, nanos: number): void
  followOther(around: number): void
  arriveAt(cpu: number, task: number, seconds: number, nanos: number): number
  loseEvents(cpu: number, hasNumber: boolean): void
  endCapture(): void
  takeEvents(): number
  tookCallsOnly(): number

  // Lines whose meaning depends on lines that follow.
  doubtOfOther(kind: number, depth: number, duration: number, cpu: number, task: number): number
  mayLook(): number
  countLooks(lines: number): void
  readonly around: WebAssembly.Global<'i32'>
  askOther(depth: number, cpu: number, task: number): void
  seeOther(
    kind: number,
    depth: number,
    func: number,
    duration: number,
    cpu: number,
    task: number,
  ): number
  seeLoss(cpu: number): number
  seeSwitch(cpu: number, from: number, to: number): void
  openCalls(track: number): number
  openDepth(track: number, index: number): number
  openFunction(track: number, index: number): number

  // Calls that are known by their exits alone.
  nameless(): number
  measured(duration: number): number
  seeExited(seconds: number, nanos: number): number
  startExited(track: number, cpu: number): void
  beginExited(track: number, func: number, end: number, duration: number): number
  endExited(
    track: number,
    func: number,
    begins: number,
    end: number,
    duration: number,
    inside: number,
    notes: number,
  ): void

  // Time.
  readonly firstSeconds: WebAssembly.Global<'f64'>
  readonly firstNanos: WebAssembly.Global<'f64'>
  readonly captureSeconds: WebAssembly.Global<'f64'>
  readonly captureNanos: WebAssembly.Global<'f64'>
  readonly earliest: WebAssembly.Global<'f64'>
  readonly latest: WebAssembly.Global<'f64'>
  readonly furthestMove: WebAssembly.Global<'f64'>
  readonly largestDifference: WebAssembly.Global<'f64'>
}

/** The functions that assembly/host.ts calls while lines are followed. */
export interface EngineHost {
  sendEvents(): void
  findTrack(task: number, cpu: number): number
  addInterrupts(cpu: number): number
  unknownFunction(): number
  offCpuFunction(): number
}

/** Takes what `showLine` shows. */
export type TakeLine = (
  kind: number,
  isInInterrupt: number,
  depth: number,
  func: number,
  duration: number,
  cpu: number,
  task: number,
  seconds: number,
  nanos: number,
  notes: number,
) => void

let compiled: WebAssembly.Module | undefined

/** An instance of the module, for one trace. */
export class Engine {
  readonly module: EngineModule
  /** To be set before a line is followed. */
  host: EngineHost | undefined
  /** To be set before a line is shown. */
  takeLine: TakeLine | undefined
  readonly #text: MemoryView<Uint8Array>

  constructor() {
    compiled ??= new WebAssembly.Module(wasm)
    const host = () => this.host as EngineHost
    const imports = {
      sendEvents: () => host().sendEvents(),
      findTrack: (task: number, cpu: number) => host().findTrack(task, cpu),
      addInterrupts: (cpu: number) => host().addInterrupts(cpu),
      unknownFunction: () => host().unknownFunction(),
      offCpuFunction: () => host().offCpuFunction(),
      takeLine: (...line: Parameters<TakeLine>) => this.takeLine?.(...line),
    }
    this.module = new WebAssembly.Instance(compiled, { host: imports }).exports as EngineModule
    this.#text = this.view(
      (buffer, { text, TEXT_ROOM }) => new Uint8Array(buffer, text.value, TEXT_ROOM.value),
    )
  }

  /** Where text has to be to be scanned: another array when the memory has grown. */
  get text(): Uint8Array<ArrayBuffer> {
    return this.#text.array as Uint8Array<ArrayBuffer>
  }

  /** A part of the memory as an array. */
  view<T extends ArrayBufferView>(
    make: (buffer: ArrayBuffer, module: EngineModule) => T,
  ): MemoryView<T> {
    return new MemoryView(this.module, make)
  }
}

/** A part of the memory, which moves when the memory grows. */
export class MemoryView<T extends ArrayBufferView> {
  readonly #module: EngineModule
  readonly #make: (buffer: ArrayBuffer, module: EngineModule) => T
  #array: T | undefined

  constructor(module: EngineModule, make: (buffer: ArrayBuffer, module: EngineModule) => T) {
    this.#module = module
    this.#make = make
  }

  /** Good until the module is called. */
  get array(): T {
    const { buffer } = this.#module.memory
    if (this.#array?.buffer !== buffer) this.#array = this.#make(buffer, this.#module)
    return this.#array as T
  }
}
