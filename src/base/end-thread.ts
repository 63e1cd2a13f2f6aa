/** Long enough for what a thread's compiler has begun. */
const COMPILING_MS = 50

/**
 * Ends an idle or needless thread, a moment later: Node 20 aborts the process where a thread is ended
 * while its optimizing compiler is at work (assertion in `NodePlatform::ForIsolate`).
 */
export function endThread(worker: { terminate(): unknown }): void {
  setTimeout(() => worker.terminate(), COMPILING_MS)
}
