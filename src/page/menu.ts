import { element } from '../emit/browser/page/dom.js'
import { menu } from '../emit/browser/page/menu.js'
import { outputEntries } from '../emit/browser/page/output-menu.js'
import { factsDialog, wishesDialog } from './dialogs.js'
import type { Job, Result, Wishes } from './messages.js'
import { startWork } from './work.js'

/** What the menu can do with the page. Rejects with an error whose message is for users. */
export interface MenuActions {
  read(wishes: Wishes): Promise<void>
  compare(files: readonly File[]): Promise<void>
}

/** The menu that the page adds to the head of a trace: filters, other formats and viewers, facts, another trace. */
export function menuFor(
  job: Job,
  { summary, formats }: Result,
  { read, compare }: MenuActions,
): HTMLElement {
  const facts = factsDialog(summary)
  const wishes = wishesDialog(job.wishes, read)
  const output = {
    title: job.title,
    fileName: job.files[0].name,
    async make(into: string) {
      return (await startWork({ ...job, into }, () => {}).done).made
    },
  }
  return menu('Trace', [
    [
      '',
      [
        { text: 'About this trace', choose: () => show(facts) },
        { text: 'Filters', choose: () => show(wishes) },
        {
          text: 'Compare with an earlier trace',
          doing: 'Comparing…',
          async choose() {
            const files = await chosenFiles()
            if (files.length > 0) await compare(files)
          },
        },
      ],
    ],
    ...outputEntries(formats, output),
    ['', [{ text: 'Open another trace', choose: openAnother }]],
  ])
}

function show(dialog: HTMLDialogElement): void {
  document.body.append(dialog)
  dialog.showModal()
}

/** Files that the user chooses, or none. */
function chosenFiles(): Promise<readonly File[]> {
  const chooser = element('input', { type: 'file', multiple: true, hidden: true })
  document.body.append(chooser)
  chooser.click()
  return new Promise<readonly File[]>(resolve => {
    chooser.onchange = () => resolve([...(chooser.files ?? [])])
    chooser.oncancel = () => resolve([])
  }).finally(() => chooser.remove())
}

function openAnother(): void {
  // Not the place in this trace.
  history.replaceState(null, '', location.pathname + location.search)
  location.reload()
}
