import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { fgraph } from '../cli/run.js'
import { useBrowser } from './browser.js'
import { seed, tasks } from './consumers.js'
import { address, hostile, packed, refused, standIn, takenOf, text, viewers } from './pages.js'

const openPage = useBrowser()

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

test.each(packed)('a chosen file of %s', async (_, bytes, calls) => {
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

test.each(refused)('%s is refused, and another file may follow', async (_, bytes, message) => {
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

test.each(viewers)('a trace is handed over to %s', async (name, format, site, protocol) => {
  const { page, requests } = await opened()
  const body = standIn(protocol)
  await page.context().route(site, route => route.fulfill({ contentType: 'text/html', body }))
  await choose(page, file('input.txt', text))
  const popup = page.waitForEvent('popup')
  await choosing(page, new RegExp(`^${name}$`))
  const viewer = await popup
  const taken = await viewer.waitForFunction('taken')
  const { stdout } = await fgraph('.', ['convert', seed, '-f', format])
  expect(await taken.jsonValue()).toEqual(takenOf(format, stdout))
  expect(requests).toEqual([])
})

test('keys walk through the menu; only Enter chooses', async () => {
  const { page } = await opened()
  await choose(page, file('a.txt', text))
  await page.getByLabel('Trace', { exact: true }).focus()
  await page.keyboard.press('ArrowDown')
  await page.waitForTimeout(200)
  expect(await page.locator('dialog.facts').count()).toBe(0)
  await page.keyboard.press('Enter')
  await page.locator('dialog.facts').waitFor()
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
  await choose(page, file('<b>a</b>.txt', hostile))
  expect(await facts(page)).toMatch(/calls/)
  for (const tab of ['Flame graph', 'Functions', 'Timeline']) {
    await page.getByRole('tab', { name: tab }).click()
  }
  expect(await page.locator('h1').textContent()).toBe('<b>a</b>.txt')
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})

describe('filters', () => {
  test('are fields; what they leave is shown and saved, and what they do not understand is said', async () => {
    const { page, complaints } = await opened()
    await choose(page, file('a.txt', text))
    await choosing(page, /^Filters$/)
    const dialog = page.locator('dialog.wishes')
    await dialog.locator('#wish-filter').fill('__alloc_skb')
    await dialog.locator('#wish-depth').fill('x')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    const problem = dialog.getByRole('alert')
    await problem.getByText("--depth: 'x' is not a number of levels; give 1 or more").waitFor()
    await dialog.locator('#wish-depth').fill('')
    await dialog.locator('#wish-task').fill('nobody')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await problem.getByText('No call passes the filters: nothing matches --task nobody').waitFor()
    await dialog.locator('#wish-task').fill('')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/--filter __alloc_skb$/).waitFor()
    const wanted = await fgraph('.', ['convert', seed, '-F', '__alloc_skb', '-f', 'folded'])
    const download = page.waitForEvent('download')
    await choosing(page, /^folded: for /)
    expect(readFileSync(await (await download).path()).equals(wanted.stdout)).toBe(true)
    expect(await page.locator('header.top').count()).toBe(1)
    expect(complaints).toEqual([])
  })

  test('a page of before has gone: keys reach one page only', async () => {
    const { page } = await opened()
    await choose(page, file('a.txt', text))
    await choosing(page, /^Filters$/)
    await page.locator('#wish-depth').fill('2')
    await page.locator('dialog.wishes').getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/--depth 2$/).waitFor()
    await page.keyboard.press('2')
    await page.locator('.view.flame').waitFor()
    await page.keyboard.press('m')
    await page.keyboard.press('1')
    await page.keyboard.press('m')
    await page.getByRole('heading', { name: 'Mark 1' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Mark 2' }).count()).toBe(0)
  })
})

test('two traces are compared: red and blue, with the numbers before', async () => {
  const { page, complaints } = await opened()
  await choose(page, file('after.txt', text))
  const chooser = page.waitForEvent('filechooser')
  await choosing(page, /^Compare with/)
  // Every call twice as long, and one function that is no more.
  const earlier = String(text)
    .replace(/(\d+)\.(\d{3}) us/g, (_, whole, part) => `${2 * whole}.${part} us`)
    .replaceAll('sock_wmalloc', 'sock_old')
  await (await chooser).setFiles(file('before.txt', Buffer.from(earlier)))
  await page.getByText('compared with before.txt').waitFor()
  await page.keyboard.press('2')
  const facts = page.locator('.flame .facts')
  await facts.getByText(/ before · red takes more time itself, blue less · gone: /).waitFor()
  await page.locator('.flame canvas.bars').hover({ position: { x: 40, y: 36 } })
  expect(await page.locator('.tooltip').textContent()).toMatch(/before .*, -.*self before/)
  await page.keyboard.press('3')
  for (const _ of [1, 2]) await page.getByRole('button', { name: 'Change' }).click()
  const row = page.locator('.functions tbody tr[data-func]').first()
  expect(await row.locator('td').nth(8).textContent()).toMatch(/^-[\d.]+ .s$/)
  expect(complaints).toEqual([])
})

test('much memory is asked for, and not taken unasked', async () => {
  const { page } = await opened()
  await page.evaluate(() => {
    const big = new File([], 'big.txt')
    Object.defineProperty(big, 'size', { value: 5e9 })
    const dataTransfer = Object.assign(new DataTransfer(), {})
    Object.defineProperty(dataTransfer, 'files', { value: [big] })
    const event = new Event('drop')
    Object.defineProperty(event, 'dataTransfer', { value: dataTransfer })
    dispatchEvent(event)
  })
  await page.getByText('The page takes about 5.0 GB of memory for this trace.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await choose(page, file('a.txt', text))
  expect(await facts(page)).toMatch(/^222 calls/)
})
