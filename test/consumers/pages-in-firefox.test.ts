/** What page.test.ts and html.test.ts ask of Chromium, in short. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { describe, expect, test, vi } from 'vitest'
import { fgraph, namesIn } from '../cli/run.js'
import { deep, fileOf, seed, tasks, temporaryFolder } from './consumers.js'
import { resize, useFirefox } from './firefox-browser.js'
import {
  address,
  coloursIn,
  hostile,
  hostileName,
  packed,
  refused,
  sizes,
  standIn,
  takenOf,
  text,
  viewers,
} from './pages.js'

describe('Firefox: the page that opens any trace', () => {
  const openPage = useFirefox()

  async function opened() {
    const browser = await openPage()
    await browser.page.goto(address)
    return browser
  }

  test.each(packed)('a chosen file of %s', async (_, bytes, calls) => {
    const { page, complaints, requests } = await opened()
    await choose(page, { 'a.txt': await bytes() })
    expect(await facts(page)).toMatch(new RegExp(`^${calls} calls · `))
    expect(await page.title()).toBe('a.txt')
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  })

  test('several files are one trace', async () => {
    const { page, complaints } = await opened()
    await choose(page, { 'a.txt': text, 'b.txt': text })
    expect(await facts(page)).toMatch(/^444 calls/)
    expect(await page.title()).toBe('a.txt and 1 more')
    expect(complaints).toEqual([])
  })

  test('a trace.dat', async () => {
    const { page, complaints } = await opened()
    await choose(page, { 'trace.dat.gz': readFileSync('golden/trace-dat-v7/input.dat.gz') })
    expect(await facts(page)).toMatch(/^[1-9][\d,]* calls/)
    expect(complaints).toEqual([])
  })

  test('a dropped file', async () => {
    const { page, complaints } = await opened()
    await page.$eval(
      'body',
      (body, trace) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([trace], 'dropped.txt'))
        body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }))
      },
      String(text),
    )
    expect(await facts(page)).toMatch(/^222 calls/)
    expect(await page.title()).toBe('dropped.txt')
    expect(complaints).toEqual([])
  })

  test('pasted text', async () => {
    const { page, complaints } = await opened()
    await copy(page, String(text))
    await press(page, 'Control', 'v')
    expect(await facts(page)).toMatch(/^222 calls/)
    expect(await page.title()).toBe('pasted text')
    expect(complaints).toEqual([])
  })

  test.each(refused)('%s is refused, and another file may follow', async (_, bytes, message) => {
    const { page, complaints } = await opened()
    await choose(page, { 'a.bin': bytes })
    expect(await textOf(page, '::-p-aria([role="alert"])')).toMatch(message)
    await choose(page, { 'b.txt': text })
    expect(await facts(page)).toMatch(/^222 calls/)
    expect(complaints).toEqual([])
  })

  test('a trace is saved as the command line writes it', async () => {
    const { page, complaints, downloads } = await opened()
    await choose(page, { 'input.txt': text })
    for (const name of ['folded', 'perfetto', 'parquet'] as const) {
      const before = namesIn(downloads)
      await choosing(page, new RegExp(`^${name}: for `))
      const path = await saved(downloads, before)
      const { stdout } = await fgraph('.', ['convert', seed, '-f', name])
      expect(readFileSync(path).equals(stdout)).toBe(true)
    }
    expect(complaints).toEqual([])
  })

  test.each(viewers)('a trace is handed over to %s', async (name, format, site, protocol) => {
    const { page, complaints, requests } = await opened()
    await choose(page, { 'input.txt': text })
    const popup = new Promise<Page | null>(resolve => page.once('popup', resolve))
    await choosing(page, new RegExp(`^${name}$`))
    const viewer = (await popup) as Page
    await serve(viewer, site, standIn(protocol))
    const taken = await viewer.waitForFunction('taken')
    const { stdout } = await fgraph('.', ['convert', seed, '-f', format])
    expect(await taken.jsonValue()).toEqual(takenOf(format, stdout))
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  })

  test('a hostile trace is text wherever it is shown', async () => {
    const { page, complaints, requests } = await opened()
    const name = '<img src=x onerror=alert(1)>.txt'
    await choose(page, { [name]: hostile })
    expect(await facts(page)).toMatch(/calls/)
    for (const tab of ['Flame graph', 'Timeline', 'Functions']) {
      await click(page, `::-p-aria(${tab}[role="tab"])`)
      await page.waitForSelector(`.view.${tab.toLowerCase().split(' ')[0]}`)
    }
    await click(page, `::-p-text(${hostileName})`)
    expect(await textOf(page, '[aria-label=Details] h2')).toBe(hostileName)
    expect(await textOf(page, 'h1')).toBe(name)
    expect(await page.$('img')).toBe(null)
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  })
})

describe.each(['light', 'dark'] as const)('Firefox: a written page, %s', scheme => {
  const openPage = useFirefox(scheme)

  test.each([deep, tasks, seed])('everything of %s fits and is drawn', async capture => {
    const { path } = await fileOf('html', capture)
    for (const size of sizes) {
      for (const view of ['timeline', 'flame', 'functions']) {
        const { page, complaints, requests } = await openPage()
        await resize(page, size)
        await page.goto(`file://${path}#view=${view}`)
        await page.waitForSelector(`.view.${view}`)
        expect(await page.evaluate(windowFacts)).toEqual({ ...size, scheme, sideways: 0 })
        if (view === 'functions') await page.waitForSelector('.view.functions tr[data-func]')
        // Text alone has some 260: the shades of its edges.
        else await expect.poll(() => coloursOf(page, view)).toBeGreaterThan(300)
        expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
      }
    }
  })
})

describe('Firefox: a written page', () => {
  const openPage = useFirefox()

  test('is saved in another format', async () => {
    const { path } = await fileOf('html', seed)
    const { page, complaints, downloads } = await openPage()
    await page.goto(`file://${path}`)
    const before = namesIn(downloads)
    await choosing(page, /^folded: for /)
    const { stdout } = await fgraph('.', ['convert', seed, '-f', 'folded'])
    expect(readFileSync(await saved(downloads, before)).equals(stdout)).toBe(true)
    expect(complaints).toEqual([])
  })
})

/** Chooses files by name. */
async function choose(page: Page, files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  const chooser = await page.$('input[type=file]')
  await (chooser as NonNullable<typeof chooser>).uploadFile(
    ...Object.keys(files).map(name => join(folder, name)),
  )
}

/** Chooses an entry of the menu by its text. */
async function choosing(page: Page, wanted: RegExp): Promise<void> {
  const menu = 'select[aria-label=Trace]'
  await page.waitForSelector(menu)
  const entries = await page.$$eval(`${menu} option`, all =>
    all.map(({ value, text }) => ({ value, text })),
  )
  await page.select(menu, entries.find(({ text }) => wanted.test(text))?.value ?? 'no such entry')
}

async function textOf(page: Page, selector: string): Promise<string> {
  const element = await page.waitForSelector(selector)
  return (await element?.evaluate(({ textContent }) => textContent)) ?? ''
}

async function click(page: Page, selector: string): Promise<void> {
  const element = await page.waitForSelector(selector)
  await element?.click()
}

/** What the head of a trace says about it. */
function facts(page: Page): Promise<string> {
  return textOf(page, 'header.top p')
}

/** Leaves a text in the clipboard, as a user does. */
async function copy(page: Page, text: string): Promise<void> {
  const other = await page.browserContext().newPage()
  await other.goto('data:text/html,<textarea></textarea>')
  await other.$eval(
    'textarea',
    (field, text) => {
      field.value = text
      field.select()
    },
    text,
  )
  await press(other, 'Control', 'c')
  await other.close()
}

async function press(page: Page, modifier: 'Control', key: 'c' | 'v'): Promise<void> {
  await page.bringToFront()
  await page.keyboard.down(modifier)
  await page.keyboard.press(key)
  await page.keyboard.up(modifier)
}

/** The file that is new in a folder, once it is whole: until then it is empty, or a part is beside it or alone. */
async function saved(folder: string, before: readonly string[]): Promise<string> {
  const added = () => namesIn(folder).filter(name => !before.includes(name))
  const path = () => join(folder, added()[0])
  const isWhole = () => {
    const [name, ...others] = added()
    if (name === undefined || others.length > 0 || name.endsWith('.part')) return false
    return statSync(join(folder, name)).size > 0
  }
  await vi.waitUntil(isWhole, { timeout: 20_000 })
  return path()
}

/** Lets a window show `body` in place of a site, which it cannot reach. */
async function serve(window: Page, site: string, body: string): Promise<void> {
  await vi.waitUntil(() => window.url().startsWith('about:neterror'), { timeout: 10_000 })
  expect(new URL(window.url()).searchParams.get('u')).toBe(site)
  await window.setRequestInterception(true)
  window.on('request', request => request.respond({ contentType: 'text/html', body }))
  await window.goto(site)
}

/** How a page is shown, and how many pixels of it are to the right of the window. Runs in the page. */
function windowFacts() {
  const { innerWidth: width, innerHeight: height } = window
  const scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  const sideways = Math.max(0, document.documentElement.scrollWidth - width)
  return { width, height, scheme, sideways }
}

/** How many colours the bars of a view have. */
async function coloursOf(page: Page, view: string): Promise<number> {
  await page.evaluate(() => new Promise(requestAnimationFrame))
  return page.$eval(`.view.${view} canvas.bars`, coloursIn)
}
