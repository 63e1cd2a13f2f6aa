/** The page beside a trace on a server: opens Perfetto, and hands the trace over to it. */
import { handOver, perfettoReceiver, type TraceNames } from './hand-over.js'

/** What the page carries. */
export interface HandOverPage extends TraceNames {
  /** In place of Perfetto's own. */
  readonly site: string
}

const page: HandOverPage = JSON.parse(document.getElementById('page')?.textContent ?? '')
const status = document.getElementById('status') as HTMLElement
const button = document.getElementById('open') as HTMLButtonElement
const trace = fetch(page.fileName).then(response => response.arrayBuffer())

trace.then(
  () => {
    button.disabled = false
    button.onclick = open
    open()
  },
  error => {
    status.textContent = `The trace cannot be read: ${error}`
  },
)

async function open(): Promise<void> {
  const receiver = { ...perfettoReceiver, site: page.site }
  const viewer = window.open(receiver.site + receiver.path)
  if (!viewer) {
    status.textContent = 'The browser wants a click before it opens a window.'
    return
  }
  status.textContent = 'Waiting for Perfetto…'
  await handOver(viewer, receiver, trace, page)
  status.textContent = 'Perfetto has the trace. You can close this page.'
}
