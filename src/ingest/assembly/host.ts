/** Calls from the module to TypeScript, while it follows lines. */

/** Hands on all events, so that there is room for more. */
export declare function sendEvents(): void

/**
 * The track of a task, or without one of what the cpu runs. Called where neither `setTaskTrack`
 * nor `setRunning` has told; may define a track.
 */
export declare function findTrack(task: i32, cpu: i32): i32

/** The track of the interrupts of a cpu, which it defines. */
export declare function addInterrupts(cpu: i32): i32

/** The function that calls without a name count for. */
export declare function unknownFunction(): u32

/** The function that stands for time off the cpu. */
export declare function offCpuFunction(): u32

/** Takes one of the lines that were scanned: see `showLine`. */
export declare function takeLine(
  kind: i32,
  isInInterrupt: bool,
  depth: i32,
  func: u32,
  duration: f64,
  cpu: i32,
  task: i32,
  seconds: f64,
  nanos: f64,
  notes: i32,
): void
