/** The entries of a menu that give a trace to other programs: as a file, or in another window. */
import { firefoxReceiver, handOver, perfettoReceiver } from '../hand-over.js'
import { element } from './dom.js'
import type { Entry, EntryGroup } from './menu.js'

/** A format that the trace can be had in. */
export interface OfferedFormat {
  readonly name: string
  readonly viewer: string
  /** The usual ending of its files. */
  readonly extension: string
}

/** The trace in any of the offered formats. */
export interface Output {
  readonly title: string
  /** Of the trace; formats put their ending in place of its own. */
  readonly fileName: string
  make(format: string): Promise<readonly Uint8Array<ArrayBuffer>[]>
}

export function outputEntries(formats: readonly OfferedFormat[], output: Output): EntryGroup[] {
  const viewing = Object.entries(viewers).map(([name, viewer]) =>
    viewingEntry(name, viewer, output),
  )
  return [
    ['Save as', formats.map(format => savingEntry(format, output))],
    ['Open in', viewing],
  ]
}

/** Hands the result to the browser's downloads. */
function savingEntry({ name, viewer, extension }: OfferedFormat, output: Output): Entry {
  return {
    text: `${name}: for ${viewer}`,
    doing: `Saving ${name}…`,
    async choose() {
      const blob = new Blob([...(await output.make(name))])
      const href = URL.createObjectURL(blob)
      const download = output.fileName.replace(/\.\w+$/, '') + extension
      element('a', { href, download }).click()
      setTimeout(() => URL.revokeObjectURL(href), 60_000)
    },
  }
}

/** Other viewers that take a trace without an upload, in the format that they know best. */
const viewers = {
  Perfetto: { format: 'perfetto', receiver: perfettoReceiver },
  'Firefox Profiler': { format: 'firefox', receiver: firefoxReceiver },
} as const

function viewingEntry(
  name: string,
  { format, receiver }: (typeof viewers)[keyof typeof viewers],
  { title, fileName, make }: Output,
): Entry {
  return {
    text: name,
    doing: `Waiting for ${name}…`,
    async choose() {
      // At once: browsers open windows only while they handle a click.
      const viewer = open(receiver.site + receiver.path)
      if (!viewer) throw new Error('The browser has blocked the window')
      const trace = make(format).then(made => new Blob([...made]).arrayBuffer())
      await handOver(viewer, receiver, trace, { title, fileName })
    },
  }
}
