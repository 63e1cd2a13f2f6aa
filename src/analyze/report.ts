import type { Diagnostic } from '../base/diagnostics.js'
import { functionName, trackName } from '../timeline/names.js'
import type { Nanos } from '../timeline/sink.js'
import type { CallRow, GroupedBy, Subject } from './call-row.js'
import type { SubjectRow } from './call-statistics.js'
import { type Metric, metrics } from './metrics.js'

/** A row for programs: the fields of its subject, then its numbers. */
export type ReportRow = Readonly<Record<string, string | number | null>>

/** Facts about the whole trace. */
export interface ReportFacts {
  /** The time of the calls that are not inside another one. */
  readonly outermost: Nanos
  readonly span: Nanos
  readonly lostEvents: number
  readonly diagnostics: readonly Diagnostic[]
}

/** The names of the rows in JSON. */
const plurals = {
  function: 'functions',
  caller: 'functions',
  module: 'modules',
  task: 'tasks',
  cpu: 'cpus',
  context: 'contexts',
} as const satisfies Record<GroupedBy, string>

/** The report for programs. It lists the rows `shown`; its totals are those of `all` rows. */
export function reportDocument(
  by: GroupedBy,
  shown: readonly SubjectRow[],
  all: readonly SubjectRow[],
  facts: ReportFacts,
) {
  return {
    [plurals[by]]: shown.map(each => reportRow(each)),
    totals: totalsOf(by, all, facts),
    diagnostics: facts.diagnostics,
  }
}

/** A row for programs: times are in nanoseconds, missing numbers are null. */
export function reportRow(
  { subject, row }: SubjectRow,
  chosen: readonly Metric[] = metrics,
): ReportRow {
  return { ...identity(subject), ...metricFields(row, chosen) }
}

/** The numbers of a row for programs. */
export function metricFields(row: CallRow, chosen: readonly Metric[] = metrics): ReportRow {
  const numbers = chosen.map(metric => [fieldOf(metric), rounded(metric.of(row))])
  return Object.fromEntries(numbers)
}

/** The field names of `reportRow`, in order. */
export function reportFields(by: GroupedBy, chosen: readonly Metric[] = metrics): string[] {
  return [...identities[by], ...chosen.map(fieldOf)]
}

/** The field name of a metric: `calls`, `p99_ns`. */
function fieldOf({ name, unit }: Metric): string {
  return unit === 'ns' ? `${name}_ns` : name
}

/** The name of a row's subject for people. */
export function subjectName(subject: Subject): string {
  switch (subject.by) {
    case 'function':
      return functionName(subject.func)
    case 'caller':
      return `${functionName(subject.func)} < ${subject.caller ? functionName(subject.caller) : '-'}`
    case 'module':
      return subject.module || '[kernel]'
    case 'task':
      return trackName(subject.task)
    case 'cpu':
      return subject.cpu < 0 ? 'all cpus' : `CPU ${subject.cpu}`
    case 'context':
      return subject.context
  }
}

/** Sorts by a metric, highest first and missing numbers last; or by name. */
export function sortedRows(rows: readonly SubjectRow[], metric: Metric | undefined): SubjectRow[] {
  const keyed = rows.map(each => ({
    each,
    name: subjectName(each.subject),
    value: metric?.of(each.row) ?? -1,
  }))
  keyed.sort((a, b) => b.value - a.value || compareNames(a.name, b.name))
  return keyed.map(({ each }) => each)
}

export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function identity(subject: Subject): ReportRow {
  switch (subject.by) {
    case 'function':
      return { name: subject.func.name, module: subject.func.module }
    case 'caller':
      return {
        name: subject.func.name,
        module: subject.func.module,
        caller: subject.caller?.name ?? null,
        caller_module: subject.caller?.module ?? null,
      }
    case 'module':
      return { module: subject.module }
    case 'task':
      return { task: trackName(subject.task), pid: subject.task.pid ?? null }
    case 'cpu':
      return { cpu: subject.cpu < 0 ? null : subject.cpu }
    case 'context':
      return { context: subject.context }
  }
}

const identities = {
  function: ['name', 'module'],
  caller: ['name', 'module', 'caller', 'caller_module'],
  module: ['module'],
  task: ['task', 'pid'],
  cpu: ['cpu'],
  context: ['context'],
} as const satisfies Record<GroupedBy, readonly string[]>

function totalsOf(by: GroupedBy, rows: readonly SubjectRow[], facts: ReportFacts) {
  const sum = (of: (row: SubjectRow['row']) => number) =>
    rows.reduce((all, { row }) => all + of(row), 0)
  return {
    [plurals[by]]: rows.length,
    calls: sum(({ durations }) => durations.count),
    incomplete: sum(({ incomplete }) => incomplete),
    duration_ns: sum(({ durations }) => durations.sum),
    total_ns: facts.outermost,
    self_ns: sum(({ self }) => self),
    span_ns: facts.span,
    lost_events: facts.lostEvents,
  }
}

/** Rounds to a thousandth; averages may have endless digits. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000
}
