import type { Trace } from './data.js'
import { element } from './dom.js'

/** Lets the user choose all tracks, or the one of a group. */
export class TrackChoice {
  readonly element: HTMLSelectElement

  constructor({ groups }: Trace, title: string, onChange: () => void) {
    this.element = element('select', { className: 'tracks', title, onchange: onChange }, [
      element('option', { value: '', textContent: 'All tracks' }),
      ...groups.flatMap(({ kind, name }, index) =>
        kind === 'calls' ? [element('option', { value: String(index), textContent: name })] : [],
      ),
    ])
    this.element.ariaLabel = title
  }

  /** The group; undefined for all tracks. */
  get group(): number | undefined {
    return this.element.value === '' ? undefined : Number(this.element.value)
  }

  set group(group: number | undefined) {
    this.element.value = group === undefined ? '' : String(group)
  }
}
