import { firefoxReceiver, handOver, perfettoReceiver } from '../emit/browser/hand-over.js'
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
    viewersMenu(job),
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

/** Other viewers that take a trace without an upload, in the format that they know best. */
const viewers = {
  Perfetto: { format: 'perfetto', receiver: perfettoReceiver },
  'Firefox Profiler': { format: 'firefox', receiver: firefoxReceiver },
} as const

/** Converts the files again, and hands the result over to another viewer. */
function viewersMenu(job: Job): HTMLElement {
  const head = element('option', { textContent: 'Open in', value: '' })
  const options = Object.keys(viewers).map(name =>
    element('option', { value: name, textContent: name }),
  )
  const menu = element('select', { title: 'Open the trace in another viewer' }, [head, ...options])
  menu.ariaLabel = 'Open in'
  menu.onchange = async () => {
    const { format, receiver } = viewers[menu.value as keyof typeof viewers]
    const name = menu.value
    menu.value = ''
    // At once: browsers open windows only while they handle a click.
    const viewer = open(receiver.site + receiver.path)
    if (!viewer) {
      head.textContent = 'Blocked by the browser'
      return
    }
    head.textContent = `Waiting for ${name}…`
    try {
      const made = startWork({ ...job, into: format }, () => {}).done
      const trace = made.then(result => new Blob([...result.made]).arrayBuffer())
      await handOver(viewer, receiver, trace, { title: job.title, fileName: job.files[0].name })
      head.textContent = 'Open in'
    } catch (error) {
      head.textContent = `Not opened: ${(error as Error).message}`
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
