import type { Argv } from 'yargs'
import { formats } from '../../emit/formats.js'
import { inputForms } from '../../ingest/dialects.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { wrappedRows } from '../text/table.js'

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
  io.stdout.write(args.json ? json() : table(io.stdout.columns))
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

function table(columns: number | undefined): string {
  const width = Math.min(columns || WIDEST, WIDEST)
  const rows = formats.map(({ name, extensions, memory, summary }) => [
    name,
    extensions.join(' '),
    memory,
    summary,
  ])
  const forms = inputForms.map(({ name, summary, recording }) => [name, `${summary}: ${recording}`])
  const written = wrappedRows([['FORMAT', 'FILE NAMES', 'MEMORY', 'SUMMARY'], ...rows], width)
  const read = wrappedRows([['DIALECT', 'WHAT IS READ, AND HOW TO RECORD IT'], ...forms], width)
  return `${written}\n${read}`
}

const WIDEST = 100
