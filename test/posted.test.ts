/**
 * Texts as people post them, each as fgraph has to read it: the stacks of its calls with what they
 * take by themselves, and what had happened to the text.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UserError } from '../src/base/user-error.js'
import { TraceReader } from '../src/ingest/trace-reader.js'
import { ignored } from '../src/timeline/sinks/index.js'
import { timelineOf } from './dump-timeline.js'
import { openWritten, readTrace } from './read-trace.js'

const TRACE = `# tracer: function_graph
#
# CPU  DURATION                  FUNCTION CALLS
# |     |   |                     |   |   |   |
 1)               |  vfs_read() {
 1)   0.500 us    |    rw_verify_area();
 1)               |    new_sync_read() {
 1)   1.250 us    |      generic_file_read [ext4]();
 1) + 12.370 us   |    }
 ------------------------------------------
 1)    cat-12      =>    bash-134
 ------------------------------------------
 1) ! 123.456 us  |  ksys_write();
 1)    bash-134    =>    cat-12
 1) + 20.000 us   |  } /* vfs_read */
`
const REPORT = `cpus=2
            bash-1234  [001]   140.291308: funcgraph_entry:                   |  vfs_read() {
            bash-1234  [001]   140.291309: funcgraph_entry:        0.500 us   |    rw_verify_area();
          <idle>-0     [000]   140.291310: funcgraph_entry:        1.000 us   |  tick_nohz();
            bash-1234  [001]   140.291330: funcgraph_exit:       + 20.000 us  |  }
`

const lines = (text: string) => text.trimEnd().split('\n')
const eachLine = (text: string, change: (line: string, index: number) => string) =>
  `${lines(text).map(change).join('\n')}\n`
const collapsed = (line: string) => line.trim().replace(/ +/g, ' ')

const rule = '-'.repeat(33)
const LOG = eachLine(
  `Dumping ftrace buffer:\n${rule}\n${TRACE}${rule}\n`,
  line => `[   12.345678] ${line}`,
)

/** As a mailer breaks lines at blanks, and marks the rest. */
function wrapped(text: string, width: number, mark = ''): string {
  return eachLine(text, line => {
    if (line.length <= width) return mark + line
    const at = line.lastIndexOf(' ', width)
    const isInIndent = line.slice(0, at).trim() === ''
    return mark + (isInIndent ? line : `${line.slice(0, at + 1)}\n${mark}${line.slice(at + 1)}`)
  })
}

function quotedPrintable(text: string): string {
  return text
    .replace(/[=\x80-\xff]/g, byte => `=${byte.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^.{70}(?=.{6})(?<!=.?)/gm, '$&=\n')
}

const mail = (encoding: string, body: string) =>
  `From: someone@example.org\nSubject: slow\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: ${encoding}\n\n${body}`
const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

describe.each([
  ['the file trace', TRACE],
  ['a kernel log', LOG],
  ['a report of trace-cmd', REPORT],
])('%s is the same', (_, trace) => {
  test.each([
    ['quoted', eachLine(trace, line => `> ${line}`)],
    ['quoted by initials', eachLine(trace, line => `JD> ${line}`)],
    ['quoted three times', eachLine(trace, line => `>> > ${line}`)],
    ['in a comment of C++', eachLine(trace, line => `// ${line}`)],
    ['in a comment of a shell', eachLine(trace, line => `# ${line}`)],
    ['in a comment in a mail', eachLine(trace, line => `> # # ${line}`)],
    ['in a comment of C', eachLine(trace, line => ` * ${line}`)],
    ['in a patch', eachLine(trace, line => `+${line}`)],
    ['in a table', eachLine(trace, line => `| ${line}`)],
    ['by cat -n', eachLine(trace, (line, index) => `${String(index + 1).padStart(6)}\t${line}`)],
    ['by grep -n', eachLine(trace, (line, index) => `${index + 1}:${line}`)],
    ['by grep -Hn', eachLine(trace, (line, index) => `trace.txt:${index + 1}:${line}`)],
    ['by a page with source', eachLine(trace, (line, index) => `${index + 90}  ${line}`)],
    [
      'by cat -n, quoted',
      eachLine(trace, (line, index) => `> ${String(index + 1).padStart(6)}\t${line}`),
    ],
    ['indented', eachLine(trace, line => `    ${line}`)],
    ['fenced', `Look:\n\n\`\`\`\n${trace}\`\`\`\n`],
    ['in Jira', `{noformat}\n${trace}{noformat}\n`],
    ['with CRLF', trace.replaceAll('\n', '\r\n')],
    ['with blanks that do not break', trace.replaceAll(' ', '\xc2\xa0')],
    ['with those of Latin-1', trace.replaceAll(' ', '\xa0')],
    ['with characters without a width', eachLine(trace, line => `\xe2\x80\x8b${line}`)],
    [
      'in colours',
      eachLine(trace, line => line.replace(/\w+(?=\()/, '\x1b[01;31m\x1b[K$&\x1b[m\x1b[K')),
    ],
    [
      'by script',
      `Script started\r\n\x1b]0;root@host\x07# cat trace\r\n${trace.replaceAll('\n', '\r\n')}`,
    ],
    ['as the source of a page', `<html><body><pre>\n${escaped(trace)}</pre></body></html>\n`],
    ['as one line of a page', `<p>Look</p><pre>${escaped(trace).replaceAll('\n', '<br>')}</pre>\n`],
    [
      'with coloured names',
      eachLine(escaped(trace), line => line.replace(/\w+(?=\()/, '<span class="nf">$&</span>')),
    ],
    ['escaped twice', eachLine(escaped(escaped(trace)), line => `<code>${line}</code>`)],
    ['as quoted-printable', mail('quoted-printable', quotedPrintable(trace))],
    ['as base64', mail('base64', base64(trace))],
    ['quoted, as base64', mail('base64', base64(eachLine(trace, line => `> ${line}`)))],
    ['wrapped', wrapped(trace, 60)],
    ['wrapped early', wrapped(trace, 40)],
    ['wrapped when quoted', wrapped(trace, 60, '> ')],
    ['with remarks', eachLine(trace, line => (/[;{}]$/.test(line) ? `${line}   <-- here` : line))],
    ['with comments', eachLine(trace, line => (/[;{}]$/.test(line) ? `${line}\t// slow?` : line))],
    [
      'pointed at',
      eachLine(trace, (line, index) =>
        index % 3 === 1 && /[;{}]$/.test(line) ? `=>${line}` : line,
      ),
    ],
    ['between prose', `Hi,\n\nthis is slow (see below):\n\n${trace}\nWhy is f() { so slow?\n`],
  ])('%s', (_, text) => {
    const bytes = Buffer.from(text, 'latin1')
    expect(timelineOf(bytes)).toEqual(timelineOf(trace))
    expect(readTrace(bytes).lines.unrecognized).toBe(0)
  })

  test.each([
    ['with blanks lost', eachLine(trace, collapsed)],
    ['with blanks lost, quoted', eachLine(trace, line => `> ${collapsed(line)}`)],
    [
      'with blanks lost, by cat -n',
      eachLine(trace, (line, index) => `${index + 1}\t${collapsed(line)}`),
    ],
    ['with one blank behind the bar', trace.replace(/\| {2}/g, '| ')],
  ])('%s', async (_, text) => {
    expect(await foldedOf(text)).toEqual(await foldedOf(trace))
    expect(readTrace(text).lines.unrecognized).toBe(0)
  })
})

test.each([
  ['as it is', TRACE],
  ['quoted', eachLine(TRACE, line => `> ${line}`)],
  ['of trace-cmd', REPORT],
])('behind more prose than is looked at once: %s', async (_, text) => {
  const prose = 'We see this on every host that runs the new kernel, under load.\n'.repeat(5000)
  const trace = text === REPORT ? REPORT : TRACE
  const expected = readTrace(trace).lines
  for (const chunk of [undefined, 1000]) {
    const { lines } = readTrace(prose + text, undefined, chunk)
    const { total, other } = expected
    expect(lines).toEqual({ ...expected, total: total + 5000, other: other + 5000 })
  }
  expect(await foldedOf(prose + text)).toEqual(await foldedOf(trace))
})

test('text without end and without a trace is refused', () => {
  const reader = new TraceReader(ignored)
  const prose = Buffer.from('We see this on every host that runs the new kernel.\n'.repeat(1000))
  expect(() => {
    for (let times = 0; times < 100; times++) reader.push(prose)
  }).toThrow(/^not a function_graph trace/)
})

/** The stacks of a text, with what each takes by itself. */
async function foldedOf(text: string | Uint8Array): Promise<string[]> {
  const written = await openWritten('folded')
  readTrace(text, written.sink)
  return lines(written.text)
}

test.each([
  [
    'author-notes-on-lines',
    ['with remarks'],
    ['f_top 8600', 'f_top;f_a 200', 'f_top;f_b 200', 'f_top;f_c 100', 'f_top;f_c;f_d 300'],
  ],
  ['tracecmd-wrapped', ['with wrapped lines'], ['f_top 8705', 'f_top;f_a 262']],
  ['kernel-lines-wrapped', ['quoted', 'with wrapped lines'], ['f_reset 114798278']],
  [
    'quoted-printable-mail',
    ['decoded from the source of a mail', 'quoted'],
    ['f_extend 6413900', 'f_extend;f_append 1112'],
  ],
  ['tracecmd-quoted-task-names', ['quoted'], ['f_top 13617', 'f_top;f_a 1942']],
  ['tracecmd-blanks-collapsed', [], ['f_top 10561', 'f_top;f_a 52', 'f_other 1229']],
  ['tracecmd-columns-cut', ['quoted'], ['f_map 73090', 'f_map;f_dom 280', 'f_map;f_def 270']],
  ['commented-out-trace', ['quoted'], ['f_trigger 22700', 'f_trigger;f_clk 800']],
  ['short-trace-below-header', [], ['f_data 200']],
  ['retval-without-name', [], ['f_ioctl 522', 'f_ioctl;f_lock 470', 'f_ioctl;f_lock;f_qs 234']],
  [
    'arrow-before-line',
    ['with remarks'],
    ['f_exit 2430', 'f_exit;f_next 8630', 'f_exit;f_next;f_timer 570'],
  ],
  ['line-numbers', ['with line numbers'], ['f_top 2000', 'f_top;f_a 1000']],
])('%s', async (name, undone, folded) => {
  const text = readFileSync(`test/posted/${name}.txt`)
  expect(await foldedOf(text)).toEqual(folded)
  expect(readTrace(text)).toMatchObject({ undone, lines: { unrecognized: 0 } })
})

test.each([
  [
    'wrapped',
    'app-1 [047] 12.756405: funcgraph_entry: |\nf() { app-1 [047] 12.756406:\n',
    /wrapped/,
  ],
  [
    'wrapped, behind prose',
    `${'And so on, as we said.\n'.repeat(5000)}app-1 [047] 12.756405: funcgraph_entry: |\nf() { app-1 [047] 12.756406:\n`,
    /line 5001 .*\n.*wrapped/,
  ],
])('%s: the text is to blame', (_, text, what) => {
  expect(() => readTrace(text)).toThrow(UserError)
  expect(() => readTrace(text)).toThrow(what)
})
