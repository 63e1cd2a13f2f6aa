import { UserError } from '../../base/user-error.js'
import { type Input, openInput } from '../../node/input.js'
import type { Io } from '../io.js'

/** The inputs of a command: paths and `-`, or standard input where none is named. */
export function openInputs(
  paths: readonly string[],
  quiet: boolean,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
): Input[] {
  const waiting = stdin.isTTY && (paths.length === 0 || paths.includes('-'))
  if (waiting && paths.length === 0) {
    throw new UserError('no input: name a trace file, or pipe a trace in; see fgraph --help')
  }
  if (paths.filter(path => path === '-').length > 1) {
    throw new UserError('standard input: is named as input twice; name it once')
  }
  const inputs = (paths.length === 0 ? ['-'] : paths).map(path => openInput(path, stdin))
  if (waiting && !quiet) {
    stderr.write('fgraph: reading from the terminal; end the trace with Ctrl-D\n')
  }
  return inputs
}
