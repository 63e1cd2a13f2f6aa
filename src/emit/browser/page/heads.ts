import { countedText } from '../units.js'
import type { Group } from './data.js'
import { button, element } from './dom.js'
import type { GroupPlace, HeadingPlace, Places } from './group-places.js'
import type { RowList } from './row-list.js'
import { contentText } from './timeline-texts.js'

/** The names beside the rows of the timeline: they fold, pin and move them. */
export class Heads {
  readonly element = element('div', { className: 'heads' })
  readonly #pinned = element('div', { className: 'pinned' })
  readonly #list: RowList
  readonly #onChange: () => void
  /** The row that the pointer drags, and the one below the pointer. */
  #drag: { readonly index: number; readonly y: number; over: number } | undefined
  #hasDragged = false

  /** `onChange` after the list has changed; the places are then to be shown anew. */
  constructor(list: RowList, onChange: () => void) {
    this.#list = list
    this.#onChange = onChange
    this.element.addEventListener('pointerdown', event => this.#press(event))
    this.element.addEventListener('pointermove', event => this.#move(event))
    this.element.addEventListener('pointerup', () => this.#release())
    this.element.addEventListener('pointercancel', () => this.#release())
    this.element.addEventListener('keydown', event => this.#key(event))
  }

  show({ groups, headings, pinnedHeight, height }: Places): void {
    const focused = indexOf(document.activeElement)
    const all = [...groups.values()]
    this.element.style.height = `${height}px`
    this.#pinned.style.height = `${pinnedHeight}px`
    this.#pinned.replaceChildren(...all.filter(({ isPinned }) => isPinned).map(this.#head))
    this.element.replaceChildren(
      this.#pinned,
      ...headings.map(heading => this.#heading(heading)),
      ...all.filter(({ isPinned }) => !isPinned).map(this.#head),
    )
    if (focused >= 0) this.#headOf(focused)?.querySelector('button')?.focus()
  }

  /** Marks the names that match a search. */
  mark(hits: ReadonlySet<number>): void {
    for (const head of this.element.querySelectorAll('.head')) {
      head.classList.toggle('hit', hits.has(indexOf(head)))
    }
  }

  readonly #head = ({ group, index, top, height, isPinned }: GroupPlace): HTMLElement => {
    const head = element('div', { className: `head ${group.kind}` }, [
      this.#toggle(group, index),
      this.#pin(group, index, isPinned),
    ])
    head.dataset.group = String(index)
    head.style.top = `${top}px`
    head.style.height = `${height}px`
    return head
  }

  #toggle(group: Group, index: number): HTMLElement {
    const { folded } = this.#list
    const canFold = group.rows.length > 1
    const isOpen = !folded.has(index)
    const what = canFold ? `${isOpen ? 'Fold' : 'Unfold'} ${group.name}` : group.name
    const toggle = button('', `${what}; P pins it, Alt+Up and Alt+Down move it`, () => {
      if (!canFold || this.#hasDragged) return
      if (isOpen) folded.add(index)
      else folded.delete(index)
      this.#onChange()
    })
    if (canFold) toggle.ariaExpanded = String(isOpen)
    toggle.append(
      element('span', { className: 'fold', textContent: canFold ? (isOpen ? '▾' : '▸') : '' }),
      element('span', { className: 'name', textContent: group.name, title: group.name }),
      element('span', { className: 'count', textContent: contentText(group) }),
    )
    return toggle
  }

  #pin({ name }: Group, index: number, isPinned: boolean): HTMLElement {
    const label = isPinned ? `Unpin ${name} (P)` : `Keep ${name} on top (P)`
    const pin = button(isPinned ? '★' : '☆', label, () => {
      this.#list.togglePin(index)
      this.#onChange()
    })
    pin.className = 'pin'
    pin.ariaPressed = String(isPinned)
    return pin
  }

  #heading({ heading, tasks, isFolded, top }: HeadingPlace): HTMLElement {
    const { foldedHeadings } = this.#list
    const toggle = button('', `${isFolded ? 'Unfold' : 'Fold'} ${heading}`, () => {
      if (isFolded) foldedHeadings.delete(heading)
      else foldedHeadings.add(heading)
      this.#onChange()
    })
    toggle.ariaExpanded = String(!isFolded)
    toggle.append(
      element('span', { className: 'fold', textContent: isFolded ? '▸' : '▾' }),
      element('span', { className: 'name', textContent: heading, title: heading }),
      element('span', { className: 'count', textContent: countedText(tasks, 'task') }),
    )
    const head = element('div', { className: 'heading' }, [toggle])
    head.style.top = `${top}px`
    return head
  }

  #key(event: KeyboardEvent): void {
    const index = indexOf(event.target as Element)
    if (index < 0) return
    const by = ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key as 'ArrowUp' | 'ArrowDown']
    if (event.altKey && by) this.#list.step(index, by)
    else if (event.key === 'p' && !event.altKey && !event.ctrlKey && !event.metaKey) {
      this.#list.togglePin(index)
    } else return
    event.preventDefault()
    event.stopPropagation()
    this.#onChange()
  }

  #press({ button: pressed, target, clientY: y }: PointerEvent): void {
    const index = indexOf(target as Element)
    this.#hasDragged = false
    if (pressed === 0 && index >= 0) this.#drag = { index, y, over: index }
  }

  #move({ clientX, clientY }: PointerEvent): void {
    if (!this.#drag || Math.abs(clientY - this.#drag.y) < 6) return
    this.#hasDragged = true
    const over = indexOf(document.elementFromPoint(clientX, clientY))
    if (over >= 0) this.#drag.over = over
    for (const head of this.element.querySelectorAll('.head')) {
      const index = indexOf(head)
      head.classList.toggle('moved', index === this.#drag.index)
      head.classList.toggle('target', index === this.#drag.over && index !== this.#drag.index)
    }
  }

  #release(): void {
    const drag = this.#drag
    this.#drag = undefined
    if (!drag || !this.#hasDragged) return
    this.#list.move(drag.index, drag.over)
    this.#onChange()
  }

  #headOf(index: number): Element | null {
    return this.element.querySelector(`[data-group="${index}"]`)
  }
}

/** The group whose head has an element; -1 for none. */
function indexOf(inside: Element | null): number {
  const head = inside?.closest<HTMLElement>('.head')
  return head?.dataset.group === undefined ? -1 : Number(head.dataset.group)
}
