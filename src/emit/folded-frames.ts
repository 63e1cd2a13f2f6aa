import { functionName, trackName } from '../timeline/names.js'
import type { KernelFunction, Track } from '../timeline/sink.js'
import type { FoldedRoot } from './formats.js'

/**
 * A name that reads as one frame. A `;` would split it; a last word of digits is a count, and before
 * a count the other one of a differential; a line that starts with `#` is a comment for Perfetto.
 */
export function frame(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is meant
  const safe = name.replaceAll(';', ':').replace(/[\u0000-\u001f\u007f]|^#/g, '_')
  return safe.replace(/\s(?=[\d.]*$)/, '_')
}

/** `annotated` marks functions of the kernel as stackcollapse-perf.pl does, for palettes. */
export function functionFrame(definition: KernelFunction, annotated: boolean): string {
  const name = frame(functionName(definition))
  return annotated && definition.module === '' ? `${name}_[k]` : name
}

/** The frame that stands below stacks of a track and a cpu; '' for none. */
export function rootFrame(root: FoldedRoot, track: Track | undefined, cpu: number): string {
  return frame(rootName(root, track, cpu)).replace(/\s/g, '_')
}

function rootName(root: FoldedRoot, track: Track | undefined, cpu: number): string {
  if (root === 'cpu') return cpu < 0 ? 'all cpus' : `CPU ${cpu}`
  if (root === 'none' || !track) return ''
  return root === 'comm' && track.comm !== '' ? track.comm : trackName(track)
}
