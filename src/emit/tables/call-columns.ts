/**
 * The table that csv, ndjson and parquet write: a row for each call, as it ends, callees before
 * their callers. Unknown values are empty in CSV and null in the others.
 *
 * ts_ns      its begin since the first moment of the trace, or with `absoluteTime` the trace's own time;
 *            in NDJSON a string if the trace's own times exceed 2^53
 * dur_ns     its measured duration; unknown if its exit is not in the trace
 * self_ns    the duration less those of its measured callees; unknown if the duration is
 * cpu        the cpu that it began on
 * track      the same number for all calls of one stack over time: of a task, of a cpu's idle task,
 *            or of everything that a cpu ran
 * pid, comm  the task; unknown in rows before the trace names the task of the track
 * depth      how many calls it is nested in
 * func       the function
 * module     its module; unknown for the kernel itself
 * id         numbers calls in the order in which they begin
 * parent_id  the id of its caller. If the trace never names the caller, no row has this id, and the
 *            caller's time counts for its own caller
 * complete   whether entry and exit are both in the trace
 * missing    what of them is not: `entry`, `exit` or `both`. Without an exit dur_ns is unknown; without
 *            an entry ts_ns is where the trace begins to show the call
 * retval     the return value, as printed
 * error      its errno
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
  'missing',
  'retval',
  'error',
  'args',
  'caller',
] as const

export type CallColumn = (typeof callColumns)[number]

/** The missing part of a call, as rows number it (assembly/rows.ts); '' for a complete call. */
export const missingParts = ['', 'entry', 'exit', 'both'] as const

/** Arguments as the kernel prints them: `fd=3, how=0x2 [O_RDWR]`. */
export function argumentsText({ arguments: list }: CallNotes): string {
  return list.map(({ name, value }) => `${name}${name && '='}${valueText(value)}`).join(', ')
}
