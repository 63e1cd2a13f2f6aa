import { button, element } from '../emit/browser/page/dom.js'

/** Takes files: dropped, chosen or pasted. Shows how far reading is, and what went wrong. */
export class Opener {
  readonly #status = element('div', { className: 'status' })
  readonly #chooser = element('input', { type: 'file', multiple: true, hidden: true })
  readonly element = element('section', { className: 'opener' })
  readonly #open: (files: readonly File[]) => void
  readonly #end = new AbortController()

  constructor(open: (files: readonly File[]) => void) {
    this.#open = open
    this.#chooser.onchange = () => this.#take([...(this.#chooser.files ?? [])])
    this.element.append(
      element('h1', { textContent: 'fgraph' }),
      element('p', {
        textContent: 'Drop a function_graph trace here, choose one, or paste its text.',
      }),
      button('Choose files', 'Choose files (Enter)', () => this.#chooser.click()),
      this.#chooser,
      element('p', {
        className: 'note',
        textContent:
          'Text of the kernel, trace-cmd, perf ftrace and Android, in mails and logs too, and trace.dat; ' +
          'gzip, zstd and xz are unpacked. Several files are one trace. Nothing leaves this machine.',
      }),
      this.#status,
    )
    this.#status.ariaLive = 'polite'
    this.#listen()
  }

  showStart(): void {
    this.#status.replaceChildren()
  }

  /** How much of it has been read, in bytes. `stop` gives it up. */
  showProgress(title: string, read: number, size: number, stop?: () => void): void {
    if (stop) {
      this.#status.replaceChildren(
        element('p'),
        element('progress', { max: size || 1 }),
        button('Cancel', 'Stop reading', stop),
      )
    }
    const [text, bar] = this.#status.children as unknown as [HTMLElement, HTMLProgressElement]
    bar.value = read
    text.textContent =
      read < size
        ? `Reading ${title}: ${megabytes(read)} of ${megabytes(size)} MB`
        : `Reading ${title}: drawing it`
  }

  /** Asks before it takes so many bytes of memory. */
  ask(memory: number, read: () => void): void {
    const text = `The page takes about ${(memory / 1e9).toFixed(1)} GB of memory for this trace.`
    const part = 'A part of it needs less: fgraph convert -F tcp_* -o part.html'
    this.#status.replaceChildren(
      element('p', { textContent: text }),
      element('p', { className: 'note', textContent: part }),
      button('Read it', 'Read the trace', read),
      button('Cancel', 'Choose another one', () => this.showStart()),
    )
  }

  showFailure(message: string): void {
    const text = element('p', { className: 'failure', textContent: message })
    text.role = 'alert'
    this.#status.replaceChildren(text)
  }

  /** The page shows a trace now. */
  close(): void {
    this.#end.abort()
    this.element.remove()
  }

  #listen(): void {
    const { signal } = this.#end
    addEventListener('dragover', event => this.#mark(event, true), { signal })
    addEventListener('dragleave', event => this.#mark(event, false), { signal })
    addEventListener(
      'drop',
      event => {
        this.#mark(event, false)
        this.#take([...(event.dataTransfer?.files ?? [])])
      },
      { signal },
    )
    addEventListener(
      'paste',
      ({ clipboardData }) => {
        const files = [...(clipboardData?.files ?? [])]
        const text = clipboardData?.getData('text/plain') ?? ''
        this.#take(files.length > 0 || text === '' ? files : [new File([text], 'pasted text')])
      },
      { signal },
    )
  }

  #mark(event: DragEvent, isOver: boolean): void {
    event.preventDefault()
    this.element.classList.toggle('over', isOver)
  }

  #take(files: readonly File[]): void {
    if (files.length > 0) this.#open(files)
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
