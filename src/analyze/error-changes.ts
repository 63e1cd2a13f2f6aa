import type { ErrorOrigin, ErrorOrigins } from './error-origins.js'

/** Errors that only one of two traces has: first those that surfaced, the most frequent of them first. */
export interface ErrorChanges {
  readonly appeared: readonly ErrorOrigin[]
  readonly gone: readonly ErrorOrigin[]
}

/**
 * Compares the errors of two traces by the function that bore them and their name. What is doubtful in one trace is no
 * change, but it may be the error of the other one.
 */
export function errorChanges(before: ErrorOrigins, after: ErrorOrigins): ErrorChanges {
  return { appeared: onlyIn(after, before), gone: onlyIn(before, after) }
}

function onlyIn(errors: ErrorOrigins, other: ErrorOrigins): ErrorOrigin[] {
  const known = new Set(other.origins.map(origin => keyOf(origin, other)))
  return errors.origins
    .filter(origin => origin.doubt === undefined && !known.has(keyOf(origin, errors)))
    .sort((a, b) => b.outcomes.surfaced - a.outcomes.surfaced)
}

function keyOf({ func, error }: ErrorOrigin, { functions }: ErrorOrigins): string {
  const { name, module } = functions[func]
  return `${error} ${name} ${module}`
}
