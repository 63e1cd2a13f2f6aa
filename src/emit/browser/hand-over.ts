/** Hands traces over to sites that take them by messages, from the window that has opened them: nothing is uploaded. */

/** Such a site, and its protocol. */
export interface Receiver {
  /** `https://ui.perfetto.dev` */
  readonly site: string
  /** The page of the site that takes traces. */
  readonly path: string
  /** What it is asked until it answers that it is ready. */
  readonly question: unknown
  isAnswer(data: unknown): boolean
  /** The message that brings a trace. */
  message(trace: ArrayBuffer, names: TraceNames): unknown
}

export interface TraceNames {
  readonly title: string
  readonly fileName: string
}

/** perfetto.dev/docs/visualization/deep-linking-to-perfetto-ui */
export const perfettoReceiver: Receiver = {
  site: 'https://ui.perfetto.dev',
  path: '/',
  question: 'PING',
  isAnswer: data => data === 'PONG',
  message: (buffer, { title, fileName }) => ({ perfetto: { buffer, title, fileName } }),
}

/** docs-developer/loading-in-profiles.md of github.com/firefox-devtools/profiler */
export const firefoxReceiver: Receiver = {
  site: 'https://profiler.firefox.com',
  path: '/from-post-message/',
  question: { name: 'is-ready' },
  isAnswer: data => (data as { name?: unknown } | null)?.name === 'is-ready',
  message: trace => ({
    name: 'inject-profile',
    profile: JSON.parse(new TextDecoder().decode(trace)),
  }),
}

/** A site that does not listen yet misses what it is asked. */
const ASKED_MS = 50

/**
 * Gives a trace to a window that shows `receiver`, as soon as it is ready. Resolves when the trace is sent; never, if the window
 * is closed before.
 */
export async function handOver(
  viewer: Window,
  { site, question, isAnswer, message }: Receiver,
  trace: Promise<ArrayBuffer>,
  names: TraceNames,
): Promise<void> {
  const end = new AbortController()
  const ready = new Promise<void>(resolve => {
    const listen = ({ source, origin, data }: MessageEvent) => {
      if (source === viewer && origin === site && isAnswer(data)) resolve()
    }
    addEventListener('message', listen, { signal: end.signal })
  })
  const questions = setInterval(() => viewer.postMessage(question, site), ASKED_MS)
  const [buffer] = await Promise.all([trace, ready]).finally(() => {
    clearInterval(questions)
    end.abort()
  })
  viewer.postMessage(message(buffer, names), site)
}
