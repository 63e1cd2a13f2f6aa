import { UserError } from '../base/user-error.js'
import { ignored } from '../timeline/sinks/index.js'
import { type CaptureText, type ReadOptions, TraceReader } from './trace-reader.js'

/**
 * Of a text that has several captures, what belongs to those of these numbers, piece by piece. Throws
 * a `UserError` where the text has no such capture, or is no trace.
 */
export async function* selectedCaptures(
  text: AsyncIterable<Uint8Array>,
  numbers: readonly number[],
  { dialect }: ReadOptions,
): AsyncGenerator<CaptureText> {
  const last = Math.max(...numbers)
  let pieces: CaptureText[] = []
  let isOver = false
  const takeText = (piece: CaptureText) => {
    isOver ||= piece.number > last
    if (numbers.includes(piece.number)) pieces.push({ ...piece, bytes: piece.bytes.slice() })
  }
  const reader = new TraceReader(
    { ...ignored, callEvents() {} },
    { dialect, notes: false },
    takeText,
  )
  for await (const chunk of text) {
    reader.push(chunk)
    yield* pieces
    pieces = []
    // The rest need not be read.
    if (isOver) return
  }
  reader.endInput()
  const { captures } = reader.finish()
  if (captures.length < last) throw noSuchCapture(last, captures.length)
  yield* pieces
}

function noSuchCapture(number: number, count: number): UserError {
  const has = count === 1 ? 'is one capture' : `has ${count} captures`
  return new UserError(`${has}, none of number ${number}; fgraph info lists them`)
}
