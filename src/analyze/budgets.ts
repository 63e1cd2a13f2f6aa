import { functionName } from '../timeline/names.js'
import type { SubjectRow } from './call-statistics.js'
import { type Condition, compare } from './condition.js'

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
 * Checks conditions against the rows of functions. Every function that a condition names has to
 * meet it. If none was called, their calls and times are 0, which may meet the condition; other
 * metrics, such as percentiles, do not exist then, and the condition fails.
 */
export function judged(conditions: readonly Condition[], rows: readonly SubjectRow[]): Judgement[] {
  return conditions.map(condition => {
    const findings = findingsOf(condition, rows)
    const isMet = findings.length > 0 ? findings.every(each => each.isMet) : isMetByNone(condition)
    return { condition, isMet, findings }
  })
}

function findingsOf(condition: Condition, rows: readonly SubjectRow[]): Finding[] {
  const { metric, matches, operator, bound } = condition
  const findings = rows.flatMap(({ subject, row }) => {
    if (subject.by !== 'function' || !matches(subject.func)) return []
    const value = metric.of(row)
    const isMet = value !== undefined && compare(value, operator, bound.value)
    return [{ name: functionName(subject.func), value, isMet }]
  })
  return findings.sort((a, b) => Number(a.isMet) - Number(b.isMet))
}

const countsOfNothing: readonly string[] = ['calls', 'incomplete', 'duration', 'total', 'self']

function isMetByNone({ metric, operator, bound }: Condition): boolean {
  return countsOfNothing.includes(metric.name) && compare(0, operator, bound.value)
}
