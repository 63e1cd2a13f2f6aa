import { callEnd, isGraphLine, recordStart } from './trace-form.js'
import { eachLine, type Undoing } from './undoing.js'

/** `=>`, `-->`, `>>`, `*`: what an author points with. */
const pointer = /^[ \t]*(?:=+>|-+>|>+|\*+|=+|\?+|!+|(?:\xe2[\x86-\x9f][\x80-\xbf])+)[ \t]*/

/** Remarks that authors write behind a line, and the arrows that point to it. */
export const remarks: Undoing = {
  name: 'with remarks',
  find(lines) {
    const helps = lines.some(line => !isGraphLine(line) && isGraphLine(plain(line)))
    return helps ? eachLine(plain) : undefined
  },
}

function plain(line: string): string {
  if (isGraphLine(line)) return line
  const pointed = pointer.exec(line)?.[0] ?? ''
  const rest = line.slice(pointed.length)
  const text = recordStart(rest) > 0 ? rest : ' '.repeat(pointed.length) + rest
  return isGraphLine(text) ? text : withoutRemark(withoutRemark(line) === line ? text : line)
}

/** Behind the brace or semicolon of a call, and the comment of the kernel, nothing follows. */
function withoutRemark(line: string): string {
  const exit = line.slice(0, line.indexOf('}') + 1)
  if (isGraphLine(exit)) return exit
  const end = callEnd(line)
  return end < 0 ? line : line.slice(0, end)
}
