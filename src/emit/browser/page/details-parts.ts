import { countText } from '../units.js'
import type { Group } from './data.js'
import { button, element } from './dom.js'

/** `className` marks a value that stands out. */
export type Fact = readonly [name: string, value: string, className?: string]

/** More stacks and lists than this are cut. */
export const MOST_ROWS = 60

/** Where the task of a group ran. */
export function cpuAt({ cpu, moves }: Group, at: number): number | undefined {
  return moves.findLast(move => move.at <= at)?.cpu ?? cpu
}

/** `606.478818` and so many nanoseconds, without rounding. */
export function timestampText(origin: string, at: number): string {
  const [seconds, fraction = ''] = origin.split('.')
  const nanos = BigInt(seconds) * 1000000000n + BigInt(fraction.padEnd(9, '0')) + BigInt(at)
  const digits = String(nanos).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)} s`
}

export function factList(title: string, facts: readonly Fact[]): HTMLElement {
  const rows = facts.flatMap(([name, value, className = '']) => [
    element('dt', { textContent: name }),
    element('dd', { textContent: value, className }),
  ])
  return block(title, element('dl', {}, rows))
}

export function stackRow(
  name: string,
  time: string,
  isHere: boolean,
  select: () => void,
): HTMLElement {
  const row = button('', name, select)
  row.disabled = isHere
  row.append(
    element('span', { className: 'function', textContent: name }),
    element('span', { className: 'time', textContent: time }),
  )
  return element('li', {}, [row])
}

/** A list of rows, or what to say where there are none. */
export function stackBlock(
  title: string,
  rows: readonly HTMLElement[],
  none = 'none',
): HTMLElement {
  const textContent = rows.length === 0 ? none : ''
  return block(title, element('ol', { className: 'stack', textContent }, rows))
}

/** So many rows of a long list are made at once. */
const PAGE = 100

/** A long list, of which more is shown on demand. */
export function longBlock(
  title: string,
  count: number,
  rowAt: (index: number) => HTMLElement,
): HTMLElement {
  const list = element('ol', { className: 'stack' })
  const more = button('', 'Show more of them', () => add())
  const add = () => {
    const shown = list.children.length
    const next = Math.min(shown + PAGE, count)
    for (let index = shown; index < next; index++) list.append(rowAt(index))
    more.hidden = next === count
    more.textContent = `${countText(count - next)} more`
  }
  add()
  return block(`${title} (${countText(count)})`, element('div', {}, [list, more]))
}

export function block(title: string, content: HTMLElement): HTMLElement {
  return element('section', {}, [element('h3', { textContent: title }), content])
}

export function columns(blocks: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element('div', { className: 'columns' }, blocks)
}
