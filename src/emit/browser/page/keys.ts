import type { TabName } from './app.js'
import { element } from './dom.js'

/** The keys at the bottom of a tab. */
export function hintsOn(tab: TabName): HTMLElement[] {
  return HINTS[tab].map(([key, meaning]) => {
    return element('span', {}, [element('kbd', { textContent: key }), ` ${meaning}`])
  })
}

export function helpDialog(): HTMLDialogElement {
  const rows = KEYS.flatMap(([key, meaning]) => [
    element('dt', {}, [element('kbd', { textContent: key })]),
    element('dd', { textContent: meaning }),
  ])
  const dialog = element('dialog', {}, [
    element('h2', { textContent: 'Keys' }),
    element('dl', {}, rows),
    element('form', { method: 'dialog' }, [element('button', { textContent: 'Close' })]),
  ])
  dialog.addEventListener('click', event => {
    if (event.target === dialog) dialog.close()
  })
  return dialog
}

const HINTS: Readonly<Record<TabName, readonly (readonly [string, string])[]>> = {
  timeline: [
    ['W S', 'zoom'],
    ['A D', 'pan'],
    ['Ctrl+wheel', 'zoom'],
    ['Drag', 'pan'],
    ['Shift+drag', 'zoom into'],
    ['R', 'what ran'],
    ['F', 'fit'],
    ['0', 'all'],
    ['Arrows', 'walk'],
    ['/', 'search'],
  ],
  flame: [
    ['Click', 'zoom'],
    ['0', 'all'],
    ['W S A D', 'zoom, pan'],
    ['F', 'fit'],
    ['/', 'search'],
  ],
  functions: [
    ['Click', 'details'],
    ['Up Down', 'walk'],
    ['Double click', 'flame graph'],
    ['/', 'search'],
  ],
}

/** Every key, for the dialog. */
const KEYS: readonly (readonly [string, string])[] = [
  ['1 2 3', 'Timeline, flame graph, functions'],
  ['/ or Ctrl+F', 'Search functions and tasks: a regular expression; capitals in it mean capitals'],
  ['Enter, Shift+Enter', 'Next and previous match in the timeline: call or, without one, task'],
  ['Esc', 'Close the details, then clear the search'],
  ['W S', 'Zoom in and out, where the pointer is'],
  ['A D', 'Move left and right; farther with Shift'],
  ['Ctrl+wheel', 'Zoom; the wheel alone scrolls, with Shift sideways'],
  ['Drag', 'Move; with Shift zoom into what is marked'],
  ['Double click, F', 'Zoom to a call'],
  ['R', 'What ran in the time that is shown'],
  ['0', 'Show all'],
  ['Arrows', 'To the caller, the first callee, the calls beside'],
  ['[ ]', 'Previous and next call of the same function'],
]
