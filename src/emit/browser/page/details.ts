import type { App, Selection } from './app.js'
import { callDetails, failuresDetails, instantDetails } from './call-details.js'
import { DetailsContext } from './details-context.js'
import { element } from './dom.js'
import { functionDetails, stackDetails } from './function-details.js'
import { markDetails, rangeDetails } from './range-details.js'

/** The details of the selection, below the tab. */
export class Details {
  readonly element = element('aside', { className: 'details', hidden: true, ariaLabel: 'Details' })
  readonly #context: DetailsContext

  /** `showAround` shows a function between its callers and callees. */
  constructor(app: App, showAround: (func: number) => void) {
    this.#context = new DetailsContext(app, showAround)
  }

  /** What is shown, in short. */
  get title(): string {
    const facts = [...this.element.querySelectorAll('dt, dd')].slice(0, 4)
    const head = [...this.element.querySelectorAll('h2, .kind')]
    return [...head, ...facts].map(({ textContent }) => textContent).join(' ')
  }

  show(selection: Selection | undefined): void {
    this.element.hidden = selection === undefined
    if (!selection) return
    this.element.replaceChildren(...this.#content(selection))
    this.element.scrollTop = 0
  }

  /** To another call of the same function. */
  step(direction: 1 | -1): void {
    this.#context.step(direction)
  }

  #content(selection: Selection): HTMLElement[] {
    switch (selection.kind) {
      case 'span':
        return callDetails(this.#context, selection.span)
      case 'instant':
        return instantDetails(this.#context, selection.instant)
      case 'function':
        return functionDetails(this.#context, selection.func)
      case 'range':
        return rangeDetails(this.#context, selection)
      case 'failures':
        return failuresDetails(this.#context)
      case 'mark':
        return markDetails(this.#context, selection.at)
      case 'stack':
        return stackDetails(this.#context, selection.tree, selection.node)
    }
  }
}
