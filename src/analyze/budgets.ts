import { functionName } from '../timeline/names.js'
import type { SubjectRow } from './call-statistics.js'
import { type Condition, compare } from './condition.js'

/** What became of one condition that a trace has to meet. */
export interface Judgement {
  readonly condition: Condition
  readonly isMet: boolean
  /** By function, those that do not meet it first. Without any the trace has no such function. */
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly name: string
  /** Undefined where there is nothing to take it of, which meets no condition. */
  readonly value: number | undefined
  readonly isMet: boolean
}

/**
 * Judges conditions by the rows of functions: each function that is meant has to meet them. One
 * that was never called has no calls and no time, which may be what is asked; anything else cannot
 * be told of it, and what cannot be told is not met.
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
