import { isDamaged } from './trace-form.js'

/** A line that was one of the call graph. */
export interface DamagedLine {
  readonly number: number
  readonly text: string
}

/** The first such line of a text. */
export function firstDamaged(lines: readonly string[]): DamagedLine | undefined {
  const index = lines.findIndex(isDamaged)
  return index < 0 ? undefined : { number: index + 1, text: lines[index] }
}

/** Says of a text without any readable call what seems to have happened to it, and what to do. */
export function damageText({ number, text }: DamagedLine): string {
  const shown = text.trim().replace(/[^ -~]/g, '?')
  const quote = shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE)}...` : shown
  return `no call can be read, though line ${number} looks like one: ${quote}\n${causeOf(shown)}; save the trace as a file, or attach it to the mail`
}

const LONGEST_QUOTE = 60

function causeOf(text: string): string {
  if (/(?:\||:|\/\*|:[ \t]*[+!#*@$])$/.test(text))
    return 'the lines of this text seem to be wrapped'
  if (/\| ?\S/.test(text)) return 'the blanks of this text seem to be lost'
  return 'lines of this text seem to be cut'
}
