import type { ErrorOrigin, ErrorOrigins } from '../src/analyze/error-origins.js'
import { functionName } from '../src/timeline/names.js'

/** The way of the example: `origin < caller = EINVAL < caller (went on)`. */
export function errorWay({ error, example }: ErrorOrigin, { functions }: ErrorOrigins): string {
  let last = error
  return example.way
    .map(step => {
      const name = functionName(functions[step.func])
      if (step.error === '') return `${name} (went on)`
      if (step.error === last) return name
      last = step.error
      return `${name} = ${last}`
    })
    .join(' < ')
}
