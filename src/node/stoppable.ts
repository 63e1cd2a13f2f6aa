/** The capacity of a pipe: no more than this is read after `stop`. */
const MOST_ON_ITS_WAY = 1024 * 1024
const PATIENCE_MS = 100

export interface Stoppable {
  readonly chunks: AsyncIterable<Uint8Array>
  /**
   * Ends the chunks, even if the source waits for bytes that never come. Bytes that are already on
   * their way still arrive, up to the first pause.
   */
  stop(): void
}

export function stoppable(source: AsyncIterable<Uint8Array>): Stoppable {
  let isStopped = false
  let wake = () => {}
  return {
    stop() {
      isStopped = true
      wake()
    },
    chunks: chunks(),
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const iterator = source[Symbol.asyncIterator]()
    let left = MOST_ON_ITS_WAY
    try {
      while (left > 0) {
        const result = await nextInTime(iterator)
        if (!result || result.done) return
        if (isStopped) left -= result.value.length
        yield result.value
      }
    } finally {
      // Not awaited: the source may be waiting itself.
      void iterator.return?.()
    }
  }

  /** Undefined if it was stopped and nothing arrives in time. */
  function nextInTime(
    iterator: AsyncIterator<Uint8Array>,
  ): Promise<IteratorResult<Uint8Array> | undefined> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      wake = () => {
        timer ??= setTimeout(resolve, PATIENCE_MS, undefined)
      }
      if (isStopped) wake()
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }
}
