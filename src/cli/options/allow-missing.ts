/** For commands that check traces. */
export const allowMissingOption = {
  type: 'boolean',
  default: false,
  describe: 'Accept a function that a trace does not call, instead of failing',
} as const
