import { functionName } from '../timeline/names.js'
import type { SubjectRow } from './call-statistics.js'
import { type Condition, compare } from './condition.js'
import { possibleValues } from './metrics.js'

/** Whether a trace meets a condition. */
export interface Judgement {
  readonly condition: Condition
  readonly isMet: boolean
  /** One for each function, failures first; empty if the trace calls none of the functions. */
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly name: string
  /** Undefined if the function has no such number; that meets no condition. */
  readonly value: number | undefined
  readonly isMet: boolean
}

/**
 * Checks conditions against the rows of functions. Every function that a condition names has to meet
 * it. Where the trace calls none of them, the condition fails, for a broken recording is no success;
 * unless it asks for no calls and the trace has others, or `allowMissing` is set.
 */
export function judged(
  conditions: readonly Condition[],
  rows: readonly SubjectRow[],
  { hasCalls, allowMissing }: { readonly hasCalls: boolean; readonly allowMissing: boolean },
): Judgement[] {
  return conditions.map(condition => {
    const findings = findingsOf(condition, rows)
    const isMet =
      findings.length > 0
        ? findings.every(each => each.isMet)
        : allowMissing || (hasCalls && asksForNone(condition))
    return { condition, isMet, findings }
  })
}

function findingsOf(condition: Condition, rows: readonly SubjectRow[]): Finding[] {
  const { metric, matches, operator, bound } = condition
  const findings = rows.flatMap(({ subject, row }) => {
    if (subject.by !== 'function' || !matches(subject.func)) return []
    const value = metric.of(row)
    // An estimate fails nobody: the bound may hold for the exact number.
    const isMet = possibleValues(metric, row).some(each => compare(each, operator, bound.value))
    return [{ name: functionName(subject.func), value, isMet }]
  })
  return findings.sort((a, b) => Number(a.isMet) - Number(b.isMet))
}

/** `calls(f) == 0` */
function asksForNone({ metric, operator, bound }: Condition): boolean {
  const holds = (calls: number) => compare(calls, operator, bound.value)
  return metric.name === 'calls' && holds(0) && !holds(1)
}
