import { functionName } from '../../timeline/names.js'
import type { KernelFunction } from '../../timeline/sink.js'
import type { FoldedOptions, ModulesShown } from './options.js'

/**
 * Makes a name that reads as one frame. A `;` would split it. A last word of digits would be a count,
 * or the first count of a differential. A line that starts with `#` is a comment for Perfetto.
 */
export function frame(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are meant
  const safe = name.replaceAll(';', ':').replace(/[\u0000-\u001f\u007f]|^#/g, '_')
  return safe.replace(/\s(?=[\d.]*$)/, '_')
}

type FrameOptions = Pick<FoldedOptions, 'annotate' | 'modules'>

/** Annotated as by stackcollapse-perf.pl, which marks modules as the kernel's too. */
export function functionFrame(
  definition: KernelFunction,
  { annotate = false, modules = 'suffix' }: FrameOptions,
): string {
  const name = frame(moduleAndName(definition, modules))
  return annotate ? `${name}_[k]` : name
}

function moduleAndName(definition: KernelFunction, modules: ModulesShown): string {
  const { name, module } = definition
  if (modules === 'suffix') return functionName(definition)
  return modules === 'prefix' && module !== '' ? `${module}:${name}` : name
}

/** A root frame, without blanks. */
export function rootFrame(name: string): string {
  return frame(name).replace(/\s/g, '_')
}
