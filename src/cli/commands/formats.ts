import type { Argv } from 'yargs'
import { formats } from '../../emit/formats.js'
import { dialects } from '../../ingest/dialects.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { alignedRows } from '../text/table.js'

export const examples = [
  ['fgraph formats', 'a table; memory: what a format keeps while it is written'],
  ['fgraph formats --json', 'the same for programs'],
  ['fgraph formats --json | jq -r ".[].name"', 'one of them a line'],
] as const

export function options(yargs: Argv) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
}

export async function run(
  args: Awaited<ReturnType<typeof options>['argv']>,
  io: Io,
): Promise<number> {
  io.stdout.write(args.json ? json() : table())
  return exitCodes.done
}

function json(): string {
  const rows = formats.map(({ name, extensions, summary, memory, binary }) => ({
    name,
    extensions,
    summary,
    memory,
    binary,
  }))
  return `${JSON.stringify(rows, null, 2)}\n`
}

function table(): string {
  const rows = formats.map(format => [
    format.name,
    format.extensions.join(' '),
    format.memory,
    format.summary,
  ])
  const forms = dialects.map(({ name, summary, recording }) => [name, summary, recording])
  const written = alignedRows([['FORMAT', 'FILE NAMES', 'MEMORY', 'SUMMARY'], ...rows])
  return `${written}\n${alignedRows([['DIALECT', 'WHAT IS READ', 'HOW TO RECORD IT'], ...forms])}`
}
