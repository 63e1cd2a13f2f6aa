import { UserError } from '../base/user-error.js'
import { runInShell, type ShellProcess } from '../node/shell-process.js'
import { type RecorderMessage, recorderOutput } from '../record/recorder-output.js'
import { type RecordingSettings, recorderProgram } from '../record/recorder-program.js'
import type { Io } from './io.js'
import { failureText, lackText, nothingText, recordingText } from './text/recorder-text.js'
import { shown } from './text/shown.js'

/** A recording as an input: its bytes come while it is made, or when it is. */
export interface Recorder {
  readonly name: string
  /** It is no file. */
  readonly identity: undefined
  /** Throws a UserError if nothing can be recorded, or if the recorder breaks off. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Ends the recording; what it has recorded still comes. */
  stop(): void
  /** Gives it up; the recorder leaves the kernel as it was. */
  abort(): void
}

/** How often a recorder is asked to stop until it does. */
const AGAIN_MS = 500

/**
 * A recorder, here or where `via` leads, that starts when its first bytes are asked for. It says on stderr when it
 * records, and what the kernel lacks.
 */
export function openRecorder(
  settings: RecordingSettings,
  via: string,
  io: Pick<Io, 'env' | 'stderr'>,
): Recorder {
  const { stderr } = io
  let shell: ShellProcess | undefined
  let isRecording = false
  let isRestored = false
  let isStopped = false
  let failure: RecorderMessage | undefined
  let asking: NodeJS.Timeout | undefined
  const recorder = {
    name: 'the recording',
    identity: undefined,
    chunks: trace(),
    stop() {
      isStopped = true
      if (isRecording) ask()
    },
    abort() {
      clearInterval(asking)
      shell?.close()
    },
  }
  return recorder

  async function* trace(): AsyncGenerator<Uint8Array> {
    const functions: Uint8Array[] = []
    let isEmpty = true
    shell = runInShell(recorderProgram(settings, true), via, io)
    try {
      for await (const part of recorderOutput(shell.output)) {
        if (!(part instanceof Uint8Array)) take(part)
        else if (failure) functions.push(part)
        else {
          isEmpty = false
          yield part
        }
      }
      const end = await shell.ended
      if (failure) {
        throw new UserError(failureText(failure, Buffer.concat(functions).toString(), via))
      }
      if (!isRestored) throw brokenOff(end)
      if (isEmpty) throw new UserError(nothingText(settings))
    } finally {
      recorder.abort()
    }
  }

  function take(message: RecorderMessage): void {
    const { kind, sentence } = message
    switch (kind) {
      case 'recording':
        isRecording = true
        if (isStopped) ask()
        else stderr.write(`${recordingText(settings)}\n`)
        return
      case 'restored':
        isRestored = true
        return
      case 'lacks':
        stderr.write(`fgraph: ${shown(lackText(sentence))}\n`)
        return
      case 'ended':
      case 'note':
        stderr.write(`fgraph: ${shown(sentence)}\n`)
        return
      default:
        failure ??= message
    }
  }

  function ask(): void {
    shell?.send('stop')
    asking ??= setInterval(() => shell?.send('stop'), AGAIN_MS)
  }

  function brokenOff(end: string): UserError {
    const place = via || 'the recorder'
    if (!isRecording) {
      return new UserError(
        `${place}: ended with ${end} before it could record; what it says above may tell why`,
      )
    }
    return new UserError(
      `${place}: broke off with ${end}; look whether its current_tracer is nop again`,
    )
  }
}
