import { isMangled } from '../text/mangled-line.js'
import { isGraphLine, recordStart } from './trace-form.js'
import { eachLine, type Undoing } from './undoing.js'

/** Blanks in front of a record, which its stamp begins otherwise. */
const indent = /^[ \t]+(?=(?:<\d+>)?\[ *\d+\.\d{6}\])/

/** A kernel log that somebody has indented. */
export const indentedLog: Undoing = {
  name: 'indented',
  find(lines) {
    const isIndented = lines.some(line => indent.test(line) && isGraphLine(unindented(line)))
    return isIndented ? eachLine(unindented) : undefined
  },
}

function unindented(line: string): string {
  return line.replace(indent, '')
}

/** A kernel log whose blanks were changed: without its stamps, it is any text of the kernel. */
export const changedLog: Undoing = {
  name: 'with the stamps of a kernel log',
  find(lines) {
    const records = lines.filter(line => recordStart(line) > 0 && isGraphLine(line)).map(unstamped)
    const text = records.map(line => `${line}\n`).join('')
    const bytes = Uint8Array.from(text, character => character.charCodeAt(0))
    return records.length > 0 && isMangled(bytes) ? eachLine(unstamped) : undefined
  },
}

function unstamped(line: string): string {
  return line.slice(recordStart(line))
}
