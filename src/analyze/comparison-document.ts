import type { Diagnostic } from '../base/diagnostics.js'
import { type Comparison, noCalls } from './comparison.js'
import type { Regression } from './regressions.js'
import { metricFields, type ReportRow } from './report.js'

/** Such as a `TraceSummary`. */
interface Diagnosed {
  readonly diagnostics: readonly Diagnostic[]
}

/** The comparison of two traces for programs. */
export function comparisonDocument(
  shown: readonly Comparison[],
  failures: readonly Regression[],
  before: Diagnosed,
  after: Diagnosed,
) {
  return {
    functions: shown.map(comparisonForPrograms),
    failures: failures.map(({ condition, comparison }) => ({
      condition: condition.text,
      name: comparison.func.name,
      module: comparison.func.module,
    })),
    diagnostics: { before: before.diagnostics, after: after.diagnostics },
  }
}

/** The fields of `comparisonRow`, in order. */
export const comparisonFields = [
  'name',
  'module',
  'verdict',
  'probability',
  ...Object.keys(metricFields(noCalls())).flatMap(field => [`before_${field}`, `after_${field}`]),
]

const nothing = Object.fromEntries(comparisonFields.map(field => [field, null]))

/** A comparison as one row; values that a trace does not have are null. */
export function comparisonRow(comparison: Comparison): Record<string, string | number | null> {
  const { before, after, ...facts } = comparisonForPrograms(comparison)
  return { ...nothing, ...facts, ...prefixed('before_', before), ...prefixed('after_', after) }
}

function prefixed(prefix: string, fields: ReportRow | null): ReportRow {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([key, value]) => [prefix + key, value]),
  )
}

function comparisonForPrograms(comparison: Comparison) {
  const { func, before, after, probability, verdict } = comparison
  return {
    ...func,
    verdict,
    probability,
    before: verdict === 'new' ? null : metricFields(before),
    after: verdict === 'gone' ? null : metricFields(after),
  }
}
