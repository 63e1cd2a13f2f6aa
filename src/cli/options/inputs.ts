import { basename } from 'node:path'
import { UserError } from '../../base/user-error.js'
import { type Input, openInput } from '../../node/input.js'
import { traceTitle } from '../../timeline/names.js'
import type { Io } from '../io.js'
import { namedCaptures } from './capture-numbers.js'
import { restoreDashes } from './single-dash.js'

/** The traces that a command reads. */
export const inputOption = {
  type: 'string',
  array: true,
  default: [] as string[],
  defaultDescription: '-',
  coerce: restoreDashes,
  describe:
    'Traces, read as one: text, or trace.dat of trace-cmd; gzip, zstd and xz are unpacked; - is standard input',
} as const

/** An input, and which of its captures are to be read. */
export interface NamedInput extends Input {
  readonly captures: readonly number[] | undefined
}

/** The title of what is read, without the folders of files. */
export function titleOf(inputs: readonly Input[]): string {
  return traceTitle(inputs.map(({ name }) => basename(name)))
}

/**
 * Opens paths and `-`, or standard input if there are none. `captures` are those of inputs that name
 * none themselves.
 */
export function openInputs(
  paths: readonly string[],
  captures: readonly number[] | undefined,
  quiet: boolean,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
): NamedInput[] {
  const isTyped = stdin.isTTY && (paths.length === 0 || paths.includes('-'))
  if (isTyped && paths.length === 0) {
    throw new UserError('no input: name a trace, or pipe one in as in: cat trace | fgraph report')
  }
  if (paths.filter(path => path === '-').length > 1) {
    throw new UserError('standard input: is an input twice; name it once')
  }
  const inputs = (paths.length === 0 ? ['-'] : paths).map(name => {
    const named = namedCaptures(name)
    const input = openInput(named.path, stdin)
    return Object.assign(input, { captures: named.captures ?? captures })
  })
  if (isTyped && !quiet) {
    stderr.write('fgraph: reading from the terminal; end the trace with Ctrl-D\n')
  }
  return inputs
}
