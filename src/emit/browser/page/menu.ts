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
  const choose = async () => {
    const entry: Entry | undefined = select.value === '' ? undefined : all[Number(select.value)]
    select.value = ''
    if (!entry) return
    head.textContent = entry.doing ?? name
    try {
      await entry.choose()
      head.textContent = name
    } catch (error) {
      head.textContent = (error as Error).message
    }
  }
  // Keys change a closed menu from entry to entry: only Enter chooses one.
  let isByKey = false
  select.onpointerdown = () => {
    isByKey = false
  }
  select.onkeydown = ({ key }) => {
    isByKey = true
    if (key === 'Enter') setTimeout(choose)
  }
  select.onchange = () => {
    if (!isByKey) choose()
  }
  return select
}
