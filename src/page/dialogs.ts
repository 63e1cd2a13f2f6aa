/** What the page asks and tells about a trace in dialogs. */
import { button, element } from '../emit/browser/page/dom.js'
import { countText, timeText } from '../emit/browser/units.js'
import { sourceUrlText } from '../emit/source-url.js'
import { filterTexts } from '../filter/filter-texts.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { Wishes } from './messages.js'

/** What `fgraph info` says, in short. */
export function factsDialog({
  dialect,
  columns,
  calls,
  span,
  captures,
  diagnostics,
}: TraceSummary): HTMLDialogElement {
  const rows: readonly (readonly [string, string])[] = [
    ['dialect', dialect],
    ['columns', columns.join(' ') || 'none'],
    ['calls', countText(calls.complete + calls.incomplete + calls.orphan)],
    ['span', timeText(span)],
    ...(captures.length > 1 ? [['captures', String(captures.length)] as const] : []),
    ...diagnostics.map(
      ({ severity, name, count, advice }) =>
        [severity, `${name} (${countText(count)}): ${advice}`] as const,
    ),
  ]
  const dialog = element('dialog', { className: 'facts' }, [
    element('h2', { textContent: 'About this trace' }),
    element(
      'dl',
      {},
      rows.flatMap(([label, text]) => [
        element('dt', { textContent: label }),
        element('dd', { textContent: text }),
      ]),
    ),
    button('Close', 'Close (Esc)', () => dialog.close()),
  ])
  return dialog
}

/** The filters in the order in which they apply, and how else a trace can be read: choices, or any text. */
const fields: readonly {
  readonly name: string
  readonly says: string
  readonly choices?: readonly string[]
}[] = [
  ...(['task', 'range'] as const).map(filterField),
  { ...filterField('context'), choices: ['task', 'irq', 'softirq'] },
  ...(['filter', 'notrace', 'caller', 'min-duration'] as const).map(filterField),
  { ...filterField('errors'), choices: ['only'] },
  ...(['hide', 'module', 'cpu', 'depth'] as const).map(filterField),
  {
    name: 'interrupts',
    says: 'Show interrupts in the tasks that they hit, apart from them, or not at all',
    choices: ['inline', 'apart', 'drop'],
  },
  { name: 'source-url', says: sourceUrlText },
]

function filterField(name: keyof typeof filterTexts) {
  return { name, says: filterTexts[name] }
}

/** Asks how to read the trace. `read` reads it so, and rejects with what to say if that is not possible. */
export function wishesDialog(
  wishes: Wishes,
  read: (wishes: Wishes) => Promise<void>,
): HTMLDialogElement {
  const inputs = fields.map(({ name, choices }) => {
    const properties = { id: `wish-${name}`, name, value: wishes[name] ?? '' }
    if (!choices) return element('input', properties)
    const options = ['', ...choices].map(value => element('option', { value, textContent: value }))
    return Object.assign(element('select', {}, options), properties)
  })
  const problem = element('p', { className: 'failure' })
  problem.role = 'alert'
  const apply = element('button', { textContent: 'Apply' })
  const form = element('form', {}, [
    element('h2', { textContent: 'Filters' }),
    ...fields.map(({ name, says }, index) =>
      element('label', { htmlFor: `wish-${name}` }, [
        element('code', { textContent: name }),
        inputs[index],
        element('span', { textContent: says }),
      ]),
    ),
    problem,
    apply,
    button('Cancel', 'Close (Esc)', () => dialog.close()),
  ])
  const dialog = element('dialog', { className: 'wishes' }, [form])
  form.onsubmit = async event => {
    event.preventDefault()
    const given = inputs.map(({ name, value }) => [name, value.trim()] as const)
    apply.disabled = true
    problem.textContent = 'Reading…'
    try {
      await read(Object.fromEntries(given.filter(([, value]) => value !== '')))
    } catch (error) {
      problem.textContent = (error as Error).message
    }
    apply.disabled = false
  }
  return dialog
}
