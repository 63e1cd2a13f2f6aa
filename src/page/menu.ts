import { firefoxReceiver, handOver, perfettoReceiver } from '../emit/browser/hand-over.js'
import { button, element } from '../emit/browser/page/dom.js'
import { countText, timeText } from '../emit/browser/units.js'
import type { TraceSummary } from '../ingest/trace-summary.js'
import type { Job, OfferedFormat, Result } from './messages.js'
import { startWork } from './work.js'

/** An entry of the menu. While it is at work, the menu says `doing`. */
interface Entry {
  readonly text: string
  readonly doing?: string
  choose(): void | Promise<void>
}

/** The menu that the page adds to the head of a trace: its other formats and viewers, facts, another trace. */
export function menuFor(job: Job, { summary, formats }: Result): HTMLElement {
  const facts = factsDialog(summary)
  document.body.append(facts)
  return menu('Trace', [
    ['', [{ text: 'About this trace', choose: () => facts.showModal() }]],
    ['Save as', formats.map(format => savingEntry(job, format))],
    ['Open in', Object.entries(viewers).map(([name, viewer]) => viewerEntry(job, name, viewer))],
    ['', [{ text: 'Open another trace', choose: openAnother }]],
  ])
}

/** A menu of groups of entries. What goes wrong stands in its place. */
function menu(name: string, groups: readonly (readonly [string, readonly Entry[]])[]): HTMLElement {
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

/** Converts the files again, and hands the result to the browser's downloads. */
function savingEntry(job: Job, { name, viewer, extension }: OfferedFormat): Entry {
  return {
    text: `${name}: for ${viewer}`,
    doing: `Saving ${name}…`,
    async choose() {
      const { made } = await startWork({ ...job, into: name }, () => {}).done
      download(new Blob([...made]), job.files[0].name.replace(/\.\w+$/, '') + extension)
    },
  }
}

/** Other viewers that take a trace without an upload, in the format that they know best. */
const viewers = {
  Perfetto: { format: 'perfetto', receiver: perfettoReceiver },
  'Firefox Profiler': { format: 'firefox', receiver: firefoxReceiver },
} as const

/** Converts the files again, and hands the result over to another viewer. */
function viewerEntry(
  job: Job,
  name: string,
  { format, receiver }: (typeof viewers)[keyof typeof viewers],
): Entry {
  return {
    text: name,
    doing: `Waiting for ${name}…`,
    async choose() {
      // At once: browsers open windows only while they handle a click.
      const viewer = open(receiver.site + receiver.path)
      if (!viewer) throw new Error('The browser has blocked the window')
      const made = startWork({ ...job, into: format }, () => {}).done
      const trace = made.then(result => new Blob([...result.made]).arrayBuffer())
      await handOver(viewer, receiver, trace, { title: job.title, fileName: job.files[0].name })
    },
  }
}

function openAnother(): void {
  // Not the place in this trace.
  history.replaceState(null, '', location.pathname + location.search)
  location.reload()
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
