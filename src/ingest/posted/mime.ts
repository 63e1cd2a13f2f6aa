import { isGraphLine } from './trace-form.js'
import { filtered, type LineFilter, type OpenFilter, type Undoing } from './undoing.js'

/** Quoted-printable and base64, as mails have them in their source (RFC 2045). */
export const mime: Undoing = {
  name: 'decoded from the source of a mail',
  find(lines) {
    if (lines.some(line => encodingIn(line) !== '')) return tell => new MailDecoder('', tell)
    if (!lines.some(line => softBreak.test(line) || escaped.test(line))) return undefined
    // Some viewers leave out the head.
    const open: OpenFilter = tell => new MailDecoder('quoted-printable', tell)
    return callsIn(filtered(lines, open)) > callsIn(lines) ? open : undefined
  },
}

function callsIn(lines: readonly string[]): number {
  return lines.filter(line => isGraphLine(line.replace(/^[> ]+/, '').replaceAll('\xc2\xa0', ' ')))
    .length
}

type Encoding = '' | 'quoted-printable' | 'base64'

const softBreak = /=\s*$/
const escaped = /=[0-9A-F]{2}/

function encodingIn(line: string): Encoding {
  const [, name = ''] =
    /^content-transfer-encoding: *"?(quoted-printable|base64)\b/i.exec(line) ?? []
  return name.toLowerCase() as Encoding
}

/** Lines that begin another part or another mail: `--000000000000fd1`, `From someone@example.org Mon ...`. */
const boundary = /^--[\w'()+,./:=?-]{2,70}$|^From \S+ .*\d{4}/
const header = /^[A-Za-z][\w-]*: |^[ \t]+\S/

/** Decodes the bodies of mails. Line breaks that the encoding has made are followed by blank lines. */
class MailDecoder implements LineFilter {
  readonly #tell: (line: string) => void
  #isInHead: boolean
  /** Of the part that is being read, or whose head is. */
  #encoding: Encoding
  #held = ''
  #joined = 0
  #base64 = ''

  constructor(first: Encoding, tell: (line: string) => void) {
    this.#encoding = first
    this.#isInHead = first === ''
    this.#tell = tell
  }

  take(line: string): void {
    const text = line.replace(/\r$/, '')
    if (this.#isInHead) this.#takeHead(text)
    else if (boundary.test(text) && this.#held === '') this.#startHead(text)
    else if (this.#encoding === 'quoted-printable') this.#takeQuoted(text)
    else if (this.#encoding === 'base64' && isBase64(text)) this.#takeBase64(text)
    else this.#tellBody(line)
  }

  end(): void {
    this.#endPart()
  }

  #takeHead(line: string): void {
    this.#encoding = encodingIn(line) || this.#encoding
    if (line === '') this.#isInHead = false
    else if (!header.test(line) && !boundary.test(line)) this.#isInHead = false
    this.#tell(line)
  }

  #startHead(line: string): void {
    this.#endPart()
    this.#encoding = ''
    this.#isInHead = true
    this.#tell(line)
  }

  #endPart(): void {
    if (this.#held !== '') this.#tellQuoted(this.#held)
    this.#held = ''
    if (this.#base64 !== '') this.#tell(this.#base64)
    this.#base64 = ''
  }

  #takeQuoted(line: string): void {
    const text = line.replace(/[ \t]+$/, '')
    if (text.endsWith('=')) {
      this.#held += text.slice(0, -1)
      this.#joined++
      return
    }
    this.#tellQuoted(this.#held + text)
    this.#held = ''
  }

  #tellQuoted(text: string): void {
    this.#tell(
      text.replace(/=([0-9A-Fa-f]{2})/g, (_, digits) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      ),
    )
    for (; this.#joined > 0; this.#joined--) this.#tell('')
  }

  #takeBase64(line: string): void {
    this.#base64 += atob(line)
    const lines = this.#base64.split('\n')
    this.#base64 = lines.pop() as string
    for (const text of lines) this.#tell(text.replace(/\r$/, ''))
  }

  #tellBody(line: string): void {
    this.#endPart()
    this.#tell(line)
  }
}

function isBase64(line: string): boolean {
  return line.length > 0 && line.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(line)
}
