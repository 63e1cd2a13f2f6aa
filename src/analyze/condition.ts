import { UserError } from '../base/user-error.js'
import { durationProblem, parseDuration } from '../timeline/duration-text.js'
import { type FunctionPattern, functionPattern } from '../timeline/function-pattern.js'
import { type Metric, metricNamed, metricNames } from './metrics.js'

/** `p99(udp_sendmsg) > +10%`: a bound for a metric of one or several functions. */
export interface Condition {
  /** As the user wrote it. */
  readonly text: string
  readonly metric: Metric
  /** The pattern of the functions, and its predicate. */
  readonly functions: string
  readonly matches: FunctionPattern
  readonly operator: Operator
  readonly bound: Bound
}

export type Operator = keyof typeof operators

export type Bound =
  /** Nanoseconds, or a number of calls. */
  | { readonly kind: 'value'; readonly value: number }
  /** A difference to the trace before, in the same units. */
  | { readonly kind: 'change'; readonly value: number }
  /** A difference as a share of the value before: 0.1 is 10 % more. */
  | { readonly kind: 'share'; readonly value: number }

const operators = {
  '<=': (a: number, b: number) => a <= b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '>': (a: number, b: number) => a > b,
} as const

/** Throws a `UserError` if the text is no condition, or its bound is none of `kinds`. */
export function parseCondition(text: string, kinds: readonly Bound['kind'][]): Condition {
  const fail = (reason: string): never => {
    throw new UserError(`'${text}': ${reason}; the form is '${examples[kinds[0]]}'`)
  }
  const form = /^\s*([a-z][\w.]*)\s*\(\s*(.+?)\s*\)\s*(<=|>=|==|!=|<|>)\s*(\S.*?)\s*$/
  const [, name, functions, operator, bound] = form.exec(text) ?? fail('not a condition')
  const metric = metricNamed(name) ?? fail(`${name} is not one of ${metricNames}`)
  const parsed = parseBound(bound, metric)
  if (!parsed || !kinds.includes(parsed.kind)) fail(boundProblem(bound, metric))
  return {
    text: text.trim(),
    metric,
    functions: functions,
    matches: functionPattern(functions),
    operator: operator as Operator,
    bound: parsed as Bound,
  }
}

export function compare(value: number, operator: Operator, bound: number): boolean {
  return operators[operator](value, bound)
}

const examples = {
  value: 'p99(tcp_sendmsg) < 20us',
  share: 'p99(tcp_sendmsg) > +10%',
  change: 'p99(tcp_sendmsg) > +5us',
} as const satisfies Record<Bound['kind'], string>

function parseBound(text: string, { unit }: Metric): Bound | undefined {
  const [, sign, amount] = /^([+-]?)\s*(.+)$/.exec(text) ?? []
  if (amount === undefined) return undefined
  const factor = sign === '-' ? -1 : 1
  const [, percent] = /^(\d+(?:\.\d+)?) *%$/.exec(amount) ?? []
  if (percent !== undefined) return { kind: 'share', value: (factor * Number(percent)) / 100 }
  const value = unit === 'ns' ? parseDuration(amount) : parseCount(amount)
  if (value === undefined) return undefined
  return sign === '' ? { kind: 'value', value } : { kind: 'change', value: factor * value }
}

function boundProblem(bound: string, { name, unit }: Metric): string {
  const amount = bound.replace(/^[+-]\s*/, '')
  const isTime =
    unit === 'ns' && /^\d[\d.]* *\w*$/.test(amount) && parseDuration(amount) === undefined
  return isTime ? durationProblem(amount) : `${name} cannot be compared with ${bound}`
}

function parseCount(text: string): number | undefined {
  return /^\d[\d,_]*$/.test(text) ? Number(text.replace(/[,_]/g, '')) : undefined
}
