import type { Diagnostic } from '../base/diagnostics.js'
import type { Comparison } from './comparison.js'
import type { Regression } from './regressions.js'
import { metricFields } from './report.js'

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
