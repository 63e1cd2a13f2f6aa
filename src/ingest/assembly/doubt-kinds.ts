/** The kinds of doubt about a line. TypeScript reads this file, too. */

export const NO_DOUBT = 0
/** A call is open at the depth of the line: its exit may still come, with the line inside. */
export const SAME_DEPTH = 1
/** The line has callers that are not on its cpu: its task may have come from another one. */
export const STRANGE = 2
