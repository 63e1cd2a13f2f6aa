import { calls, convert, errors, report } from '../src/index.js'

// Folded stacks, for flamegraph.pl. A trace is text, bytes, or chunks that are cut anywhere.
export async function foldedStacks(trace: AsyncIterable<Uint8Array>) {
  return new TextDecoder().decode(await convert(trace, 'folded'))
}

// The calls that take longer than so many nanoseconds, as they end.
export async function slowCalls(trace: AsyncIterable<Uint8Array>, nanos: number) {
  const slow: string[] = []
  for await (const { func, duration = 0 } of calls(trace)) {
    if (duration > nanos) slow.push(`${func} ${duration}`)
  }
  return slow
}

// The functions of a module that take the most time.
export async function busiest(trace: AsyncIterable<Uint8Array>, module: string) {
  const rows = await report(trace, { filters: { modules: [module] } })
  return rows.slice(0, 2).map(({ name, total_ns }) => `${name} ${total_ns}`)
}

// Which functions bore the errors that system calls returned.
export async function refusals(trace: AsyncIterable<Uint8Array>) {
  const surfaced = (await errors(trace)).filter(each => each.surfaced > 0)
  return surfaced.map(({ name, error }) => `${name} ${error}`)
}
