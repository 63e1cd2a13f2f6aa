import type { Dialect } from './dialect.js'
import { android } from './dialects/android.js'
import { kernel } from './dialects/kernel.js'
import { pasted } from './dialects/pasted.js'
import { printk } from './dialects/printk.js'
import { traceCmd } from './dialects/trace-cmd.js'

/** In the order in which they are asked. */
export const dialects = [
  android,
  kernel,
  printk,
  traceCmd,
  pasted,
] as const satisfies readonly Dialect[]

/** What `--dialect` and `ReadOptions.dialect` take. */
export type DialectName = (typeof dialects)[number]['name']
