/**
 * The table that csv, ndjson and parquet write: a row for each call, as it ends, callees before
 * their callers. What is not known is empty in CSV and null in the others.
 *
 * ts_ns      where it begins, since the first moment of the trace, or if asked for at the time that the
 *            trace has; in NDJSON a text where that is beyond 2^53
 * dur_ns     its measured duration; unknown where its exit is not in the trace
 * self_ns    the duration less those of its measured callees; unknown where that is
 * cpu        where it began
 * track      the same number for all calls of one stack over time: a task's, an idle task's of a
 *            cpu, or all that a cpu ran
 * pid, comm  the task; unknown in rows from before the trace has told whose the track is
 * depth      how many calls are around it
 * func       the function
 * module     its module; none for the kernel itself
 * id         counted up in the order in which calls begin
 * parent_id  the call around it. Where the trace shows that there is one but never which, this is
 *            the id of no row; its time counts for whatever is around that one
 * complete   whether entry and exit are both in the trace. Without an exit there is no dur_ns;
 *            without an entry ts_ns is where the trace begins to show the call
 * retval     what it returned, as printed
 * error      the errno of that
 * args       its arguments: `name=value, name=value`, in NDJSON an object
 * caller     where it was called from: `vfs_read+0x1d/0x40`
 */
import { valueText } from '../../timeline/notes.js'
import type { CallNotes } from '../../timeline/sink.js'

export const callColumns = [
  'ts_ns',
  'dur_ns',
  'self_ns',
  'cpu',
  'track',
  'pid',
  'comm',
  'depth',
  'func',
  'module',
  'id',
  'parent_id',
  'complete',
  'retval',
  'error',
  'args',
  'caller',
] as const

export type CallColumn = (typeof callColumns)[number]

/** Arguments as the kernel prints them: `fd=3, how=0x2 [O_RDWR]`. */
export function argumentsText({ arguments: list }: CallNotes): string {
  return list.map(({ name, value }) => `${name}${name && '='}${valueText(value)}`).join(', ')
}
