/** What a recorder prints: a trace, and between its lines what fgraph has to know. */

/** What a recorder tells, such as `lacks`, `recording`, `busy` or `restored`, with a sentence. */
export interface RecorderMessage {
  readonly kind: string
  readonly sentence: string
}

/** A part of a recorder's output: bytes of the trace, or a message between its lines. */
export type RecorderOutput = Uint8Array | RecorderMessage

const MARK = Buffer.from('# fgraph: ')
const LINE_WITH_MARK = Buffer.concat([Buffer.from('\n'), MARK])

/** Tells messages from the trace. Chunks may be cut anywhere; they are not used again. */
export async function* recorderOutput(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<RecorderOutput> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of chunks) {
    const text = Buffer.concat([rest, chunk])
    const end = text.lastIndexOf('\n') + 1
    rest = text.subarray(end)
    yield* partsOf(text.subarray(0, end))
  }
  if (rest.length > 0) yield rest
}

/** Of whole lines. */
function* partsOf(text: Buffer): Generator<RecorderOutput> {
  let begin = 0
  for (let at = nextMark(text, 0); at >= 0; at = nextMark(text, begin)) {
    if (at > begin) yield text.subarray(begin, at)
    begin = text.indexOf('\n', at) + 1
    const [kind, ...words] = text.toString('utf8', at + MARK.length, begin - 1).split(' ')
    yield { kind, sentence: words.join(' ') }
  }
  if (begin < text.length) yield text.subarray(begin)
}

/** Where the next line with a message begins, or -1. */
function nextMark(text: Buffer, from: number): number {
  if (text.subarray(from, from + MARK.length).equals(MARK)) return from
  const at = text.indexOf(LINE_WITH_MARK, from)
  return at < 0 ? -1 : at + 1
}
