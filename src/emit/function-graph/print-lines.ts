import { type DeferredCall, makeCall } from '../../base/deferred-call.js'
import type { CallNotes } from '../../timeline/sink.js'
import type { LineKind } from './kernel-cells.js'
import type { GraphLine, KernelText } from './kernel-text.js'
import {
  ENTRY,
  EXIT,
  KIND_BITS,
  KINDS,
  LATE_ENTRY,
  LATE_EXIT,
  LEAF,
  MIGRATION,
  OTHER,
  SPLIT_LEAF,
} from './line-kinds.js'
import type { Line, LineLog } from './line-log.js'

/** Everything kept until the end: lines, notes by the index of their line, and lines that belong to no call. */
export interface KeptLines {
  readonly lines: LineLog
  readonly notes: ReadonlyMap<number, CallNotes>
  readonly others: readonly DeferredCall<KernelText>[]
}

export function printLines(
  text: KernelText,
  { lines, notes, others }: KeptLines,
  hasTimestamps: boolean,
): void {
  const printing = hasTimestamps ? timed : rebuilt
  for (const line of lines.read()) {
    const { head, operand } = line
    const kind = head & KINDS
    if (kind === OTHER) makeCall(text, others[operand])
    else if (kind === MIGRATION) text.migrate(head >> KIND_BITS, operand)
    else for (const piece of printing[kind]) text.call(graphLine(line, piece, notes))
  }
}

function graphLine(
  { index, head, operand, depth, at, duration }: Line,
  kind: LineKind,
  notes: ReadonlyMap<number, CallNotes>,
): GraphLine {
  const isSplitExit = kind === 'exit' && (head & KINDS) === SPLIT_LEAF
  return {
    kind,
    track: head >> KIND_BITS,
    depth,
    at: isSplitExit ? at + duration : at,
    func: operand,
    duration,
    notes: notes.get(index),
  }
}

/** The lines that are printed of each; lines of no call have none. */
type Printing = Readonly<Record<number, readonly LineKind[]>>

const timed: Printing = {
  [ENTRY]: ['entry'],
  [LEAF]: ['leaf'],
  [EXIT]: ['exit'],
  [LATE_ENTRY]: ['leaf'],
  [LATE_EXIT]: [],
  [SPLIT_LEAF]: ['entry', 'exit'],
}
/** Without timestamps only the order of lines places what comes between. */
const rebuilt: Printing = {
  ...timed,
  [LATE_ENTRY]: ['entry'],
  [LATE_EXIT]: ['exit'],
  [SPLIT_LEAF]: ['leaf'],
}
