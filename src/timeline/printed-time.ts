/** A time as a trace prints it, in two numbers so that no digit is lost. */
export interface PrintedTime {
  readonly seconds: number
  /** Within the second. */
  readonly nanos: number
}

/** The origin of positions that count from the start of the trace. */
export const NO_TIME: PrintedTime = { seconds: 0, nanos: 0 }

/** Parses `606.478818`; '' is 0. */
export function printedTime(text: string): PrintedTime {
  const [seconds, fraction = ''] = text.split('.')
  return { seconds: Number(seconds), nanos: Number(fraction.padEnd(9, '0')) }
}

/** In nanoseconds, which may be more than a number holds. */
export function totalNanos({ seconds, nanos }: PrintedTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
}
