/** What the page says about itself: hints for keys, and a dialog with all keys, colours and signs. */
import { shadeOf } from '../palette.js'
import type { TabName } from './app.js'
import { element } from './dom.js'
import type { Theme } from './theme.js'

/** The keys at the bottom of a tab. */
export function hintsOn(tab: TabName): HTMLElement[] {
  return HINTS[tab].map(([key, meaning]) => {
    return element('span', {}, [element('kbd', { textContent: key }), ` ${meaning}`])
  })
}

/** The dialog behind `?`. */
export function helpDialog(): { readonly dialog: HTMLDialogElement; show(theme: Theme): void } {
  const keys = KEYS.flatMap(([key, meaning]) => [
    element('dt', {}, [element('kbd', { textContent: key })]),
    element('dd', { textContent: meaning }),
  ])
  const legend = element('dl', { className: 'legend' })
  const dialog = element('dialog', { className: 'help' }, [
    element('h2', { textContent: 'Keys' }),
    element('dl', {}, keys),
    element('h2', { textContent: 'Colours and signs' }),
    legend,
    element('form', { method: 'dialog' }, [element('button', { textContent: 'Close' })]),
  ])
  dialog.addEventListener('click', event => {
    if (event.target === dialog) dialog.close()
  })
  return {
    dialog,
    show(theme) {
      legend.replaceChildren(...legendOf(theme))
      dialog.showModal()
    },
  }
}

function legendOf({ commonShades, hit, loss, accent, ground }: Theme): HTMLElement[] {
  const kind = (name: string, module = '') => commonShades[shadeOf({ name, module })]
  const kernel = kind('vfs_read')
  const hatched = 'repeating-linear-gradient(135deg, transparent 0 3px, #00000055 3px 5px)'
  const dashed = (color: string) => `repeating-linear-gradient(${color} 0 3px, transparent 3px 6px)`
  const entries: readonly (readonly [string, string])[] = [
    [kernel, 'A function of the kernel itself'],
    [kind('any', 'any'), 'A function of a module'],
    [kind('do_IRQ'), 'A function that serves interrupts'],
    [kind('schedule'), 'Asleep, or a cpu that idles; what waits for it is pale'],
    [hit, 'A match of the search'],
    [`${hatched}, ${kernel}`, 'Incomplete: the trace does not show the exit'],
    [`${hatched} left / 40% no-repeat, ${kernel}`, 'The trace does not show the entry'],
    [
      `linear-gradient(${loss}, ${loss}) bottom / 100% 4px no-repeat, ${kernel}`,
      'Returned an error',
    ],
    [dashed(loss), 'Events are lost here'],
    [dashed(accent), 'A mark of yours'],
    [
      `radial-gradient(${accent} 30%, ${ground} 32%)`,
      'An event; arrows lead from wake-ups to tasks',
    ],
  ]
  return entries.flatMap(([background, meaning]) => {
    const swatch = element('dt', { className: 'swatch' })
    swatch.style.background = background
    return [swatch, element('dd', { textContent: meaning })]
  })
}

const HINTS: Readonly<Record<TabName, readonly (readonly [string, string])[]>> = {
  timeline: [
    ['W S', 'zoom'],
    ['A D', 'pan'],
    ['Ctrl+wheel', 'zoom'],
    ['Drag', 'pan'],
    ['Shift+drag', 'choose a range'],
    ['R', 'what ran'],
    ['M', 'mark'],
    ['F', 'fit'],
    ['0', 'all'],
    ['Arrows', 'walk'],
    ['/', 'search'],
    ['?', 'keys and colours'],
  ],
  flame: [
    ['Click', 'zoom'],
    ['0', 'all'],
    ['W S A D', 'zoom, pan'],
    ['F', 'fit'],
    ['Z', 'sleep'],
    ['Arrows', 'walk'],
    ['/', 'search'],
    ['?', 'keys and colours'],
  ],
  functions: [
    ['Click', 'details'],
    ['Up Down', 'walk'],
    ['Double click', 'flame graph'],
    ['Z', 'sleep'],
    ['/', 'search'],
    ['?', 'keys and colours'],
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
  ['Drag', 'Move; with Shift, or on the ruler, choose a range'],
  ['Double click, F', 'Zoom to a call or a range'],
  ['R', 'What ran in the time that is shown'],
  ['M, Delete', 'Mark the selected call or the pointer; remove the selected mark'],
  ['0', 'Show all'],
  ['Arrows', 'To the caller, the first callee, the calls beside'],
  ['[ ]', 'Previous and next call of the same function'],
  ['I, E', 'Next call that is incomplete; next call that returned an error'],
  ['P', 'On the name of a row: keep it on top; Alt+Up and Alt+Down move it'],
  ['Z', 'Count time asleep and idle cpus, or leave them out'],
  ['C', 'A colour for each kind of function, or for each function'],
]
