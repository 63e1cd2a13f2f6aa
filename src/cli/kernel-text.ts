import type { Format } from '../emit/format.js'
import { ignored } from '../timeline/sinks/index.js'

/** The bytes of the input as they come: `convertInputs` copies them. */
export const kernelText: Format = {
  name: 'text',
  extensions: ['.txt'],
  viewer: 'fgraph convert, report ...',
  summary: "The kernel's own text, as it was recorded",
  memory: 'constant',
  binary: false,
  notes: false,
  compressed: false,
  slow: false,
  load: async () => () => ({ ...ignored }),
}
