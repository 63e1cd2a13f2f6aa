/** What `fgraph errors` prints: tables, the way of each error, and one of them as a tree. */
import { type ErrorRow, originRow } from '../../analyze/error-document.js'
import type {
  ErrorExample,
  ErrorOrigin,
  ErrorOrigins,
  ErrorStep,
  Outcome,
} from '../../analyze/error-origins.js'
import { functionName, trackName } from '../../timeline/names.js'
import { errnoOf, shownNotes, valueText } from '../../timeline/notes.js'
import type { CallNotes, FunctionId } from '../../timeline/sink.js'
import { shown } from './shown.js'
import { type Column, type TableSpace, wrapped } from './table.js'
import { count, counted } from './units.js'

export const errorGroups = ['origin', 'function', 'errno', 'task'] as const

/** What the rows of the table are: a function and an error, or one of both, or a task. */
export type ErrorsBy = (typeof errorGroups)[number]

/** The rows of origins, or what they have in common. */
export function errorRows(
  origins: readonly ErrorOrigin[],
  errors: ErrorOrigins,
  by: ErrorsBy,
): ErrorRow[] {
  if (by === 'origin') return origins.map(origin => originRow(origin, errors))
  const rows = new Map<string, ErrorRow>()
  const add = (key: string, row: ErrorRow) => {
    const known = rows.get(key)
    const sum = (field: 'count' | Outcome) => row[field] + (known?.[field] ?? 0)
    rows.set(key, {
      ...row,
      error: listed(known?.error, row.error),
      name: listed(known?.name, row.name),
      count: sum('count'),
      surfaced: sum('surfaced'),
      swallowed: sum('swallowed'),
      unknown: sum('unknown'),
    })
  }
  for (const origin of origins) {
    const row = { ...originRow(origin, errors), way: [], line: null }
    if (by === 'task') {
      for (const [track, times] of origin.tasks) {
        const task = trackName(errors.tracks[track])
        // Outcomes are counted for the origin, not for each of its tasks.
        add(task, { ...row, task, count: times, surfaced: 0, swallowed: 0, unknown: 0 })
      }
    } else add(by === 'errno' ? row.error : `${row.name} ${row.module}`, row)
  }
  return [...rows.values()].sort((a, b) => b.count - a.count)
}

/** `a, b`: what differs among the rows that are one. */
function listed(known: string | undefined, text: string): string {
  if (known === undefined || known.split(', ').includes(text)) return known ?? text
  return `${known}, ${text}`
}

export const errorFields = [
  ...['count', 'error', 'name', 'module', 'surfaced', 'swallowed', 'unknown'],
  ...['task', 'line', 'way', 'doubtful'],
] as const

/** A row as CSV has it. */
export function errorCells(row: ErrorRow): Record<string, string | number | null> {
  return { ...row, way: row.way.join(' < ') }
}

/** The columns of a table of rows. */
export function errorColumns(by: ErrorsBy): Column<ErrorRow>[] {
  const number = (field: 'count' | Outcome, rank: number): Column<ErrorRow> => ({
    head: field.toUpperCase(),
    align: 'right',
    rank,
    text: row => count(row[field]),
  })
  const error: Column<ErrorRow> = {
    head: 'ERROR',
    align: 'left',
    rank: 1,
    text: row => row.error,
    style: () => 'red',
  }
  const origin: Column<ErrorRow> = { head: 'ORIGIN', align: 'left', rank: 0, text: functionName }
  const task: Column<ErrorRow> = { head: 'TASK', align: 'left', rank: 2, text: row => row.task }
  const outcomes = [number('surfaced', 3), number('swallowed', 4), number('unknown', 5)]
  const shown = by === 'task' ? [task, error] : [error, ...outcomes]
  return [number('count', 0), ...shown, origin]
}

/**
 * An origin with what became of it and one example:
 *
 *     4 x ENOENT from lookup_open, 3 surfaced, 1 swallowed by path_openat
 *         line 120, cat-233: lookup_open < path_openat < do_filp_open
 */
export function originText(
  origin: ErrorOrigin,
  errors: ErrorOrigins,
  { width, paint }: TableSpace,
): string {
  const { functions, tracks } = errors
  const { func, error, outcomes, swallowed, turned, example, doubt } = origin
  const parts: string[] = []
  if (outcomes.surfaced > 0) parts.push(`${count(outcomes.surfaced)} surfaced`)
  if (outcomes.swallowed > 0) {
    parts.push(`${count(outcomes.swallowed)} swallowed by ${namesOf(swallowed, errors)}`)
  }
  if (outcomes.unknown > 0) parts.push(`${count(outcomes.unknown)} with an unknown end`)
  if (turned.size > 0) parts.push(`turned into ${[...turned.keys()].join(', ')}`)
  if (doubt) parts.push('probably no error')
  const head = `${count(origin.count)} x ${error} from ${functionName(functions[func])}`
  const line = example.line > 0 ? `line ${example.line}, ` : ''
  const way = example.way
    .map((step, index) => stepText(step, example.way[index - 1]?.error ?? error, errors))
    .join(' < ')
  const facts = [`${line}${trackName(tracks[example.track])}: ${way}`, ...notesTexts(example)]
  const room = width || Number.POSITIVE_INFINITY
  const first = wrapped(shown(`${head}: ${parts.join(', ')}`), room)
  const lines = first.map((text, index) =>
    index > 0 ? `  ${text}` : text.replace(error, paint('red', error)),
  )
  for (const fact of facts) {
    wrapped(shown(fact), Math.max(room - 6, 20)).forEach((text, index) => {
      lines.push(`${index === 0 ? '    ' : '      '}${text}`)
    })
  }
  return lines.map(text => `${text}\n`).join('')
}

/** `do_sys_openat2`, `f = EINVAL` where the error changes, `f (went on)` where it ends. */
function stepText({ func, error }: ErrorStep, before: string, { functions }: ErrorOrigins): string {
  const name = functionName(functions[func])
  if (error === '') return `${name} (went on)`
  return error === before ? name : `${name} = ${error}`
}

/** The functions that swallowed an error, the most frequent first. */
function namesOf(counts: ReadonlyMap<FunctionId, number>, { functions }: ErrorOrigins): string {
  const most = [...counts].sort((a, b) => b[1] - a[1])
  const names = most.slice(0, 3).map(([func]) => functionName(functions[func]))
  return most.length > 3 ? `${names.join(', ')} and others` : names.join(', ')
}

/** Arguments and caller of the origin, where the trace has them. */
function notesTexts({ way: [{ notes }] }: ErrorExample): string[] {
  if (!notes) return []
  const texts: string[] = []
  const list = shownNotes({ arguments: notes.arguments, caller: '', returned: undefined })
  if (list.length > 0)
    texts.push(`with ${list.map(([name, value]) => `${name} = ${value}`).join(', ')}`)
  if (notes.caller !== '') texts.push(`called from ${notes.caller}`)
  return texts
}

/**
 * The example of an origin as a tree of calls, from the outermost one, with what each returned and the calls right before the
 * one that failed.
 */
export function errorTree(
  { example }: ErrorOrigin,
  errors: ErrorOrigins,
  { paint }: TableSpace,
): string {
  const { functions } = errors
  const lines: string[] = []
  const add = (depth: number, func: FunctionId, notes: CallNotes | undefined, mark = '') => {
    const returned = notes?.returned
    const isError = errnoOf(notes) !== ''
    const value = returned ? ` = ${valueText(returned)}` : ''
    const text = shown(`${'  '.repeat(depth)}${functionName(functions[func])}()${value}${mark}`)
    lines.push(isError ? paint('red', text) : text)
  }
  const steps = [...example.way].reverse()
  steps.forEach((step, depth) => {
    const isOrigin = depth === steps.length - 1
    add(depth, step.func, step.notes, isOrigin ? '  <- born here' : '')
    if (step.earlier > 0) {
      lines.push(paint('dim', `${'  '.repeat(depth + 1)}... ${counted(step.earlier, 'call')}`))
    }
    for (const { func, notes } of step.before) add(depth + 1, func, notes)
  })
  return lines.map(text => `${text}\n`).join('')
}
