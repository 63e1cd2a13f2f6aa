import type { TimelineSink, TraceFacts } from '../sink.js'
import { type Grouping, StackWeights } from './stack-weights.js'

/** Adds a timeline up by stacks, and has them written at its end. */
export function stacksAtEnd(
  grouping: Grouping,
  write: (weights: StackWeights, facts: TraceFacts) => void,
): TimelineSink {
  const weights = new StackWeights(grouping)
  return Object.assign(weights, { finish: (facts: TraceFacts) => write(weights, facts) })
}
