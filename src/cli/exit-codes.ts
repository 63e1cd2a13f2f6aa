export const exitCodes = {
  done: 0,
  /** A condition of `assert` or --fail-on failed. */
  failed: 1,
  /** With --strict: the output is written, but data of the trace was lost. */
  lossy: 1,
  userError: 2,
  /** A bug in fgraph. The number is EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const
