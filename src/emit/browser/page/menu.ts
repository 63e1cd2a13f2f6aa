import { element } from './dom.js'

/** An entry of a menu. While it is at work, the menu says `doing`. */
export interface Entry {
  readonly text: string
  readonly doing?: string
  choose(): void | Promise<void>
}

/** Entries under a heading, or without one. */
export type EntryGroup = readonly [heading: string, entries: readonly Entry[]]

/** A menu of groups of entries. What goes wrong stands in its place. */
export function menu(name: string, groups: readonly EntryGroup[]): HTMLElement {
  const all = groups.flatMap(([, entries]) => entries)
  const head = element('option', { textContent: name, value: '' })
  const options = groups.map(([label, entries]) => {
    const made = entries.map(entry =>
      element('option', { textContent: entry.text, value: String(all.indexOf(entry)) }),
    )
    return label === '' ? made : [element('optgroup', { label }, made)]
  })
  const select = element('select', { className: 'menu', title: name }, [head, ...options.flat()])
  select.ariaLabel = name
  select.onchange = async () => {
    const entry = all[Number(select.value)]
    select.value = ''
    head.textContent = entry.doing ?? name
    try {
      await entry.choose()
      head.textContent = name
    } catch (error) {
      head.textContent = (error as Error).message
    }
  }
  return select
}
