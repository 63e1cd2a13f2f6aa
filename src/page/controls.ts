import { button, element } from '../emit/browser/page/dom.js'
import { countText, timeText } from '../emit/browser/units.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { Job, OfferedFormat, Result } from './messages.js'
import { startWork } from './work.js'

/** What the page adds to the head of a trace: facts about it, its other formats, and the way to another trace. */
export function controlsFor(job: Job, { summary, formats }: Result): HTMLElement[] {
  const facts = factsDialog(summary)
  document.body.append(facts)
  return [
    savingMenu(job, formats),
    button('About', 'What the trace is, and what is odd about it', () => facts.showModal()),
    button('Open', 'Open another trace', () => {
      history.replaceState(null, '', location.pathname + location.search)
      location.reload()
    }),
  ]
}

/** Converts the files again, and hands the result to the browser's downloads. */
function savingMenu(job: Job, formats: readonly OfferedFormat[]): HTMLElement {
  const head = element('option', { textContent: 'Save as', value: '' })
  const options = formats.map(({ name, viewer }) =>
    element('option', { value: name, textContent: `${name}: for ${viewer}` }),
  )
  const menu = element('select', { title: 'Save the trace in a format' }, [head, ...options])
  menu.ariaLabel = 'Save as'
  menu.onchange = async () => {
    const format = formats.find(({ name }) => name === menu.value)
    if (!format) return
    menu.disabled = true
    head.textContent = `Saving ${format.name}…`
    menu.value = ''
    try {
      const { made } = await startWork({ ...job, into: format.name }, () => {}).done
      download(new Blob([...made]), job.files[0].name.replace(/\.\w+$/, '') + format.extension)
      head.textContent = 'Save as'
    } catch (error) {
      head.textContent = `Not saved: ${(error as Error).message}`
    } finally {
      menu.disabled = false
    }
  }
  return menu
}

function download(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob)
  element('a', { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

/** What `fgraph info` says, in short. */
function factsDialog({ dialect, columns, calls, span, captures, diagnostics }: TraceSummary) {
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
