/** For commands that check traces. */
export const allowMissingOption = {
  type: 'boolean',
  default: false,
  describe: 'Accept functions that a trace does not call',
} as const
