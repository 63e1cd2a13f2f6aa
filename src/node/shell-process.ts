import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { UserError } from '../base/user-error.js'
import { systemReason } from './system-error.js'

/** A shell that runs a program, here or elsewhere. */
export interface ShellProcess {
  readonly output: AsyncIterable<Uint8Array>
  /** Writes a line to the program's standard input. */
  send(line: string): void
  /** Lets go of the program: its standard input ends, and nobody reads its output any more. */
  close(): void
  /** Resolves to how it ended: `status 255`, `signal SIGKILL`; rejects with a UserError if it did not start. */
  readonly ended: Promise<string>
}

/** Where a shell runs. */
export interface ShellSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** For its errors. Without a descriptor it is written to like a pipe. */
  readonly stderr: NodeJS.WritableStream & { readonly fd?: number }
}

/**
 * Gives a program to `sh` as its standard input. `via` is the begin of a command line that runs `sh` elsewhere or as
 * another user, such as `ssh root@host`; '' runs it here. Ctrl-C does not reach it.
 */
export function runInShell(
  program: string,
  via: string,
  { env, stderr }: ShellSurroundings,
): ShellProcess {
  // A signal that is ignored stays so in what a shell becomes: in ssh and sudo, which may ask for a password here.
  const child = spawn('sh', ['-c', `trap '' INT; exec ${via} sh`], {
    stdio: ['pipe', 'pipe', stderr.fd ?? 'pipe'],
    env,
  }) as ChildProcessByStdio<Writable, Readable, Readable | null>
  // A program that has ended reads nothing.
  child.stdin.on('error', () => {})
  child.stdin.write(program)
  child.stderr?.pipe(stderr, { end: false })
  const ended = endOf(child)
  ended.catch(() => {})
  return {
    // Of a process that ends, Node drops what is not being read.
    output: child.stdout.pipe(new PassThrough()),
    send: line => child.stdin.write(`${line}\n`),
    close() {
      child.stdin.destroy()
      child.stdout.destroy()
    },
    ended,
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit')
    return code === null ? `signal ${signal}` : `status ${code}`
  } catch (error) {
    throw new UserError(`sh: ${systemReason(error)}; fgraph record needs a POSIX shell here, too`)
  }
}
