import type { Dialect } from './dialect.js'
import { android } from './dialects/android.js'
import { kernel } from './dialects/kernel.js'
import { pasted } from './dialects/pasted.js'
import { printk } from './dialects/printk.js'
import { traceCmd } from './dialects/trace-cmd.js'
import { traceDat } from './trace-dat/index.js'

/** In the order in which they are asked. */
export const dialects = [
  android,
  kernel,
  printk,
  traceCmd,
  pasted,
] as const satisfies readonly Dialect[]

/** Everything that can be read: texts, and the file of trace-cmd, which is no text. */
export const inputForms = [...dialects, traceDat] as const

/** What `--dialect` and `ReadOptions.dialect` take. */
export type DialectName = (typeof inputForms)[number]['name']
