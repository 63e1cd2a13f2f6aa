export const exitCodes = {
  done: 0,
  /** What was asked for does not hold. */
  failed: 1,
  /** With --strict: the output is written, but something of the trace is missing in it. */
  lossy: 1,
  userError: 2,
  /** A bug of ours; the number is EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const
