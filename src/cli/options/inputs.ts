import { UserError } from '../../base/user-error.js'
import { type Input, openInput } from '../../node/input.js'

/** The inputs of a command: paths and `-`, or standard input where none is named. */
export function openInputs(paths: readonly string[], quiet: boolean): Input[] {
  const waiting = process.stdin.isTTY && (paths.length === 0 || paths.includes('-'))
  if (waiting && paths.length === 0) {
    throw new UserError('no input: name a trace file, or pipe a trace in; see fgraph --help')
  }
  if (paths.filter(path => path === '-').length > 1) {
    throw new UserError('standard input: is named as input twice; name it once')
  }
  const inputs = (paths.length === 0 ? ['-'] : paths).map(openInput)
  if (waiting && !quiet) {
    process.stderr.write('fgraph: reading from the terminal; end the trace with Ctrl-D\n')
  }
  return inputs
}
