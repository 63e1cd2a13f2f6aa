import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { countText, timeText } from '../../src/emit/browser/units.js'
import { decodeHtml } from '../decode/html.js'
import { useBrowser } from './browser.js'
import { deep, fileOf, outputOf, seed, tasks, temporaryFolder } from './consumers.js'
import { coloursIn, sizes } from './pages.js'

const openPage = useBrowser()

describe.each([deep, tasks, seed])('Chromium: the page of %s', capture => {
  test('calls and self time of each function in its table', async () => {
    const { path, totals } = await fileOf('html', capture)
    const { page, complaints, requests } = await openPage()
    // As high as all rows: those that cannot be seen are not there.
    await page.setViewportSize({ width: 1440, height: 400 + 30 * totals.size })
    await page.goto(`file://${path}#view=functions&sleep=shown`)
    const rows = await cellsOf(page)
    const shown = rows
      .filter(([, , calls]) => calls !== '0')
      .map(([name, module, calls, self]) => [
        module === '' ? name : `${name} [${module}]`,
        calls,
        self,
      ])
    const expected = [...totals].map(([name, { calls, self }]) => [
      name,
      countText(calls),
      timeText(self),
    ])
    expect(shown.sort()).toEqual(expected.sort())
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  })

  test.each(['light', 'dark'] as const)('everything fits and is drawn, %s', async colorScheme => {
    const { path } = await fileOf('html', capture)
    for (const size of sizes) {
      const { page, complaints, requests } = await openPage()
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      for (const view of ['timeline', 'flame', 'functions']) {
        await page.goto(`file://${path}#view=${view}`)
        await page.locator(`.view.${view}`).waitFor()
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(width).toBeLessThanOrEqual(size.width)
        if (view !== 'functions') expect(await coloursOf(page, view)).toBeGreaterThan(4)
      }
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
      await page.context().close()
    }
  })
})

test.each(['timeline', 'flame'])(
  'Chromium: %s: a tooltip goes when what is below it moves',
  async view => {
    const { path } = await fileOf('html', seed)
    const { page } = await openPage()
    await page.goto(`file://${path}#view=${view}`)
    await page.locator(`.view.${view} canvas.bars`).hover({ position: { x: 300, y: 12 } })
    const tooltip = page.locator('.tooltip')
    await tooltip.waitFor()
    await page.keyboard.press('w')
    await tooltip.waitFor({ state: 'hidden' })
  },
)

test('Chromium: a new address is followed although the page has just written its own', async () => {
  const { path } = await fileOf('html', seed)
  const { page } = await openPage()
  await page.goto(`file://${path}#view=timeline`)
  await page.evaluate(() => {
    location.hash = '#view=flame'
    history.replaceState(null, '', '#view=timeline')
  })
  await page.locator('.view.flame').waitFor()
})

test('Chromium: a search finds tasks, and Enter walks through them', async () => {
  const { path } = await fileOf('html', tasks)
  const { page } = await openPage()
  await page.setViewportSize({ width: 1200, height: 300 })
  await page.goto(`file://${path}#view=timeline`)
  const field = page.getByLabel('Search functions and tasks')
  await field.fill('^python3-26[35]$')
  expect(await page.locator('.found').textContent()).toBe('0 in 0 functions, 2 rows')
  const hits = page.locator('.head.hit .name')
  expect(await hits.allTextContents()).toEqual(
    expect.arrayContaining(['python3-263', 'python3-265']),
  )
  expect(await hits.count()).toBe(2)
  const top = () => page.locator('.view.timeline .scroller').evaluate(({ scrollTop }) => scrollTop)
  const first = await top()
  await field.press('Enter')
  expect(await top()).not.toBe(first)
  await field.press('Enter')
  expect(await top()).toBe(first)
})

test('Chromium: R tells what ran in the time that is shown; a function lists its longest calls', async () => {
  const { path } = await fileOf('html', seed)
  const { page, complaints } = await openPage()
  await page.goto(`file://${path}#view=timeline&from=0&to=12000`)
  await page.locator('header.top').waitFor()
  await page.keyboard.press('r')
  const details = page.getByLabel('Details')
  expect(await details.locator('h2').textContent()).toBe('12.000 µs of the timeline')
  const [, bySelf, byTotal] = await details.locator('section').allTextContents()
  expect(bySelf).toMatch(/^By self time/)
  expect(byTotal).toMatch(/^By total timeudp_sendmsg12\.000 µs in 1 call/)
  await details.getByText('__alloc_skb').first().click()
  const calls = details.locator('section', { hasText: 'Longest calls' }).locator('button')
  expect(await calls.first().textContent()).toMatch(/^at .*, CPU 62\.338 µs$/)
  await calls.first().click()
  expect(await details.locator('h2').textContent()).toBe('__alloc_skb')
  expect(await details.textContent()).toContain('2.338 µs (2,338 ns)')
  expect(complaints).toEqual([])
})

test('Chromium: a page of a million calls', async () => {
  const folder = temporaryFolder()
  const [trace, path] = [join(folder, 'trace.txt'), join(folder, 'trace.html')]
  const file = openSync(trace, 'w')
  execFileSync(process.execPath, ['test/bench/mkbig.mjs', 'plain', '100'], {
    stdio: ['ignore', file, 'inherit'],
  })
  closeSync(file)
  outputOf(process.execPath, ['bin/fgraph.js', 'convert', '--quiet', trace, '-o', path])
  const calls = decodeHtml(readFileSync(path)).spans.length
  expect(calls).toBeGreaterThan(1_000_000)
  const { page, complaints, requests } = await openPage()
  await page.goto(`file://${path}`)
  await page
    .locator('header.top')
    .getByText(`${countText(calls)} calls`)
    .waitFor()
  for (const key of ['w', 'w', 'd', 's', '2', '3']) await page.keyboard.press(key)
  await page.locator('.view.functions').waitFor()
  expect((await cellsOf(page)).length).toBeGreaterThan(10)
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})

/** The rows that the table of functions shows. */
async function cellsOf(page: Page): Promise<string[][]> {
  const rows = page.locator('.view.functions tbody tr[data-func]')
  await rows.first().waitFor()
  return rows.evaluateAll(all =>
    all.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent ?? '')),
  )
}

/** How many colours the bars of a view have. */
async function coloursOf(page: Page, view: string): Promise<number> {
  await page.evaluate(() => new Promise(requestAnimationFrame))
  return page.locator(`.view.${view} canvas.bars`).evaluate(coloursIn)
}
