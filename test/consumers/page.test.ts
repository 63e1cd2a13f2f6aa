import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Zstd } from '@hpcc-js/wasm-zstd'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { fgraph } from '../cli/run.js'
import { useBrowser } from './browser.js'
import { seed, tasks } from './consumers.js'

const openPage = useBrowser()
const address = `file://${join(process.cwd(), 'dist/fgraph.html')}`
const text = readFileSync(seed)

/** A file as the page is given it. */
interface Given {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

function file(name: string, bytes: string | Uint8Array): Given {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }
}

async function opened() {
  const browser = await openPage()
  await browser.page.goto(address)
  return browser
}

async function choose(page: Page, ...files: readonly Given[]): Promise<void> {
  await page.setInputFiles('input[type=file]', [...files])
}

/** Chooses an entry of the menu by its text. */
async function choosing(page: Page, text: RegExp): Promise<void> {
  const menu = page.getByLabel('Trace', { exact: true })
  const value = await menu.locator('option', { hasText: text }).getAttribute('value')
  await menu.selectOption(value)
}

/** What the head of a trace says about it. */
async function facts(page: Page): Promise<string> {
  return (await page.locator('header.top p').textContent()) ?? ''
}

test.each([
  ['text', async () => text, 222],
  ['gzip', async () => gzipSync(text), 222],
  ['zstd', async () => (await Zstd.load()).compress(text), 222],
  ['zstd in frames', async () => readFileSync('test/node/packed/skippable-frames.zst'), 59],
  ['xz', async () => readFileSync('test/node/packed/crc64.xz'), 59],
])('a chosen file of %s', async (_, bytes, calls) => {
  const { page, complaints, requests } = await opened()
  await choose(page, file('a.txt', await bytes()))
  expect(await facts(page)).toMatch(new RegExp(`^${calls} calls · `))
  expect(await page.title()).toBe('a.txt')
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})

test('a dropped file', async () => {
  const { page } = await opened()
  const data = await page.evaluateHandle(trace => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([trace], 'dropped.txt'))
    return transfer
  }, String(text))
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
  expect(await facts(page)).toMatch(/^222 calls/)
})

test('pasted text', async () => {
  const { page } = await opened()
  await page.evaluate(trace => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', trace)
    dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
  }, String(text))
  expect(await facts(page)).toMatch(/^222 calls/)
  expect(await page.title()).toBe('pasted text')
})

test('several files are one trace', async () => {
  const { page } = await opened()
  await choose(page, file('a.txt', text), file('b.txt', text))
  expect(await facts(page)).toMatch(/^444 calls/)
  expect(await page.title()).toBe('a.txt and 1 more')
})

test('a trace.dat', async () => {
  const { page } = await opened()
  const bytes = readFileSync('golden/trace-dat-v7/input.dat.gz')
  await choose(page, file('trace.dat.gz', bytes))
  expect(await facts(page)).toMatch(/^[1-9][\d,]* calls/)
})

test.each([
  [
    'a picture',
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    /a\.bin: not a function_graph trace/,
  ],
  ['prose', Buffer.from('no trace\n'), /a\.bin: not a function_graph trace/],
  ['nothing', Buffer.alloc(0), /a\.bin: nothing in it/],
  [
    'cut gzip',
    gzipSync(text).subarray(0, 300),
    /a\.bin: the gzip data ends? too early after 300 bytes/,
  ],
])('%s is refused, and another file may follow', async (_, bytes, message) => {
  const { page, complaints } = await opened()
  await choose(page, file('a.bin', bytes))
  expect(await page.getByRole('alert').textContent()).toMatch(message)
  await choose(page, file('b.txt', text))
  expect(await facts(page)).toMatch(/^222 calls/)
  expect(complaints).toEqual([])
})

test('a trace is saved as the command line writes it', async () => {
  const { page } = await opened()
  await choose(page, file('input.txt', text))
  for (const name of ['folded', 'perfetto', 'parquet'] as const) {
    const download = page.waitForEvent('download')
    await choosing(page, new RegExp(`^${name}: for `))
    const path = await (await download).path()
    const { stdout } = await fgraph('.', ['convert', seed, '-f', name])
    expect(readFileSync(path).equals(stdout)).toBe(true)
  }
})

test.each([
  [
    'Perfetto',
    'perfetto',
    'https://ui.perfetto.dev/',
    `if (data === 'PING') opener.postMessage('PONG', '*')
     else if (data.perfetto.title === 'input.txt') taken = [...new Uint8Array(data.perfetto.buffer)]`,
  ],
  [
    'Firefox Profiler',
    'firefox',
    'https://profiler.firefox.com/from-post-message/',
    `if (data.name === 'is-ready') opener.postMessage({ name: 'is-ready' }, '*')
     else if (data.name === 'inject-profile') taken = JSON.stringify(data.profile)`,
  ],
] as const)('a trace is handed over to %s', async (name, format, site, protocol) => {
  const { page, requests } = await opened()
  // Stands in for the site, by its protocol.
  const body = `<script>
    let taken
    addEventListener('message', ({ source, data }) => {
      if (source !== opener) throw new Error('a message of another window')
      ${protocol}
    })
  </script>`
  await page.context().route(site, route => route.fulfill({ contentType: 'text/html', body }))
  await choose(page, file('input.txt', text))
  const popup = page.waitForEvent('popup')
  await choosing(page, new RegExp(`^${name}$`))
  const viewer = await popup
  const taken = await viewer.waitForFunction('taken')
  const { stdout } = await fgraph('.', ['convert', seed, '-f', format])
  const wanted = format === 'firefox' ? JSON.stringify(JSON.parse(String(stdout))) : [...stdout]
  expect(await taken.jsonValue()).toEqual(wanted)
  expect(requests).toEqual([])
})

test('about tells what is odd about a trace; open takes another one', async () => {
  const { page } = await opened()
  await choose(page, file('a.txt', text))
  await choosing(page, /^About/)
  expect(await page.locator('dialog.facts').textContent()).toMatch(
    /dialectkernel.*rebuilt-time \(1\)/,
  )
  await page.getByRole('button', { name: 'Close' }).click()
  await choosing(page, /^Open another/)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
})

test('reading is cancelled', async () => {
  const { page } = await opened()
  const big = Buffer.concat(Array(60).fill(readFileSync(tasks)))
  await choose(page, file('big.gz', big))
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' })
  await choose(page, file('a.txt', text))
  expect(await facts(page)).toMatch(/^222 calls/)
})

test('of files that come one after another, the last ones are shown, once', async () => {
  const { page, complaints } = await opened()
  await choose(page, file('big.gz', Buffer.concat(Array(8).fill(readFileSync(tasks)))))
  await choose(page, file('a.txt', text))
  expect(await facts(page)).toMatch(/^222 calls/)
  await page.waitForTimeout(3000)
  expect(await page.locator('header.top').count()).toBe(1)
  expect(await page.title()).toBe('a.txt')
  expect(complaints).toEqual([])
})

test('a hostile trace is text wherever it is shown', async () => {
  const { page, complaints, requests } = await opened()
  const names = [
    '<img src=x onerror=alert(1)>',
    '__proto__',
    '</script><script>alert(1)</script>',
    '\x1b[31m',
  ]
  const lines = names.map(name => ` 0)   1.000 us    |  ${name.replaceAll(' ', '_')}();\n`)
  await choose(page, file('<b>a</b>.txt', ` 0)   1.000 us    |  foo();\n${lines.join('')}`))
  expect(await facts(page)).toMatch(/calls/)
  for (const tab of ['Flame graph', 'Functions', 'Timeline']) {
    await page.getByRole('tab', { name: tab }).click()
  }
  expect(await page.locator('h1').textContent()).toBe('<b>a</b>.txt')
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})
