const signals = ['SIGINT', 'SIGTERM'] as const

/** Cleans up before Ctrl-C or `kill` ends the process. Returns how to take that back. */
export function onTermination(cleanUp: () => void): () => void {
  const end = (signal: NodeJS.Signals) => {
    cleanUp()
    release()
    // Not process.exit(130), which waits for reads that are under way: for ever, on a quiet pipe.
    process.kill(process.pid, signal)
  }
  const release = () => {
    for (const signal of signals) process.off(signal, end)
  }
  for (const signal of signals) process.on(signal, end)
  return release
}
