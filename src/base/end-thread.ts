/** Long enough for the thread's compiler to finish its work. */
const COMPILING_MS = 50

/**
 * Ends a thread a moment later: Node 20 aborts the process if a thread ends while its optimizing
 * compiler works (assertion in `NodePlatform::ForIsolate`).
 */
export function endThread(worker: { terminate(): unknown }): void {
  setTimeout(() => worker.terminate(), COMPILING_MS)
}
