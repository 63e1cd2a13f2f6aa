import type { Io } from './io.js'
import { type ColorChoice, isColored } from './options/table-options.js'
import { painted, plain } from './text/style.js'
import type { TableSpace } from './text/table.js'

/** Where a command prints its tables: the width of standard output, and its colours. */
export function tableSpace(io: Io, color: ColorChoice): TableSpace {
  return { width: io.stdout.columns, paint: isColored(color, io) ? painted : plain }
}
