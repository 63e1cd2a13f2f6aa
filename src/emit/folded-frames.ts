import { functionName } from '../timeline/names.js'
import type { KernelFunction } from '../timeline/sink.js'

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

/** What stands below stacks, as a frame: without blanks. */
export function rootFrame(name: string): string {
  return frame(name).replace(/\s/g, '_')
}
