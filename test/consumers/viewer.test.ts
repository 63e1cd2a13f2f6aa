/** What people do in a written page: choose, mark, arrange, compare, save. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { formats } from '../../src/emit/formats.js'
import { fgraph } from '../cli/run.js'
import { useBrowser } from './browser.js'
import { fileOf, seed, tasks, temporaryFolder } from './consumers.js'
import { coloursIn } from './pages.js'

const openPage = useBrowser()

const events = 'test/corpus/7.2-events-proc-abstime.txt.gz'
const losses = 'test/corpus/7.2-pipe-lost-proc-abstime.txt.gz'
const returns = 'test/corpus/7.2-retval-opt-retval.txt.gz'

/** A page of a capture, at a place in it. */
async function shown(capture: string, place = '', sourceUrl?: string) {
  const { path } = await fileOf('html', capture, { sourceUrl })
  const opened = await openPage()
  await opened.page.setViewportSize({ width: 1440, height: 900 })
  await opened.page.goto(`file://${path}#${place}`)
  await opened.page.locator('header.top').waitFor()
  return { ...opened, path, details: opened.page.getByLabel('Details') }
}

const headOf = (details: Locator) => details.locator('h2').textContent()

/** Drags with the mouse over an element, from one share of its width to another. */
async function drag(page: Page, element: Locator, from: number, to: number): Promise<void> {
  const box = await element.boundingBox()
  if (!box) throw new Error('nothing to drag over')
  const y = box.y + Math.min(box.height / 2, 120)
  await page.mouse.move(box.x + box.width * from, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y)
  await page.mouse.move(box.x + box.width * to, y)
  await page.mouse.up()
}

/** The address, once the page has written it. */
async function address(page: Page): Promise<URLSearchParams> {
  await page.waitForTimeout(900)
  return new URLSearchParams(new URL(page.url()).hash.slice(1))
}

const rowNames = (page: Page) => page.locator('.head .name').allTextContents()

describe('a range', () => {
  test('is chosen on the ruler or with Shift, tells its length and what ran, and is zoomed into', async () => {
    const { page, details, complaints } = await shown(tasks)
    await drag(page, page.locator('canvas.ruler'), 0.25, 0.5)
    const [, text] = /^(.+) of the timeline$/.exec((await headOf(details)) ?? '') ?? []
    expect(text).toMatch(/ms|µs/)
    expect(await details.locator('section', { hasText: 'By self time' }).textContent()).toMatch(
      /in [\d,]+ calls?/,
    )
    await page.keyboard.down('Shift')
    await drag(page, page.locator('.timeline canvas.bars'), 0.6, 0.7)
    await page.keyboard.up('Shift')
    expect(await headOf(details)).not.toContain(text)
    const range = (await address(page)).get('range')?.split('-').map(Number) ?? []
    await page.keyboard.press('f')
    await page.waitForTimeout(600)
    const place = await address(page)
    const [from, to] = [Number(place.get('from')), Number(place.get('to'))]
    expect(from).toBeLessThan(range[0])
    expect(to).toBeGreaterThan(range[1])
    expect(to - from).toBeLessThan((range[1] - range[0]) * 1.2)
    expect(complaints).toEqual([])
  })

  test('is of all tracks or of one', async () => {
    const { page, details } = await shown(tasks, 'range=0-50000000')
    const ofAll = await details.textContent()
    const choice = details.getByLabel('On which tracks')
    const track = (await choice.locator('option').allTextContents())[2]
    await choice.selectOption(track)
    expect(await details.textContent()).not.toBe(ofAll)
    expect(await page.getByLabel('On which tracks').inputValue()).not.toBe('')
  })
})

test('marks are set, measured from one to the next, kept in the address, and removed', async () => {
  const { page, details, path } = await shown(tasks)
  const bars = page.locator('.timeline canvas.bars')
  for (const x of [300, 600]) {
    await bars.hover({ position: { x, y: 200 } })
    await page.keyboard.press('m')
    // A mark is selected now; the next one is where the pointer is.
    await page.keyboard.press('Escape')
  }
  const marks = (await address(page)).get('marks')?.split(',').map(Number) ?? []
  expect(marks).toHaveLength(2)
  await page.goto('about:blank')
  await page.goto(`file://${path}#marks=${marks}`)
  const ruler = page.locator('canvas.ruler')
  await ruler.click({ position: { x: 300, y: 8 } })
  expect(await headOf(details)).toBe('Mark 1')
  await details.getByRole('button', { name: 'To the next mark' }).click()
  expect((await address(page)).get('range')).toBe(marks.join('-'))
  await page.keyboard.press('0')
  await page.waitForTimeout(600)
  await ruler.click({ position: { x: 300, y: 8 } })
  await page.keyboard.press('Delete')
  expect((await address(page)).get('marks')).toBe(String(marks[1]))
})

describe('rows', () => {
  test('are filtered, ordered, grouped and folded', async () => {
    const { page } = await shown(tasks)
    const all = await rowNames(page)
    await page.getByLabel('Show only rows with this name').fill('263')
    expect(await rowNames(page)).toEqual(['python3-263'])
    await page.getByLabel('Show only rows with this name').fill('')
    await page.getByLabel('Order of rows').selectOption('name')
    const heading = page.locator('.heading')
    expect(await heading.textContent()).toMatch(/python3\d tasks$/)
    await heading.locator('button').click()
    expect((await rowNames(page)).length).toBeLessThan(all.length)
    expect((await address(page)).get('order')).toBe('name')
    await page.getByLabel('Order of rows').selectOption('pid')
    const pids = (await rowNames(page)).filter(name => !name.startsWith('CPU'))
    const sorted = pids.toSorted(
      (a, b) => Number(a.split('-').at(-1)) - Number(b.split('-').at(-1)),
    )
    expect(pids.filter(name => /-\d+$/.test(name))).toEqual(
      sorted.filter(name => /-\d+$/.test(name)),
    )
  })

  test('are pinned and moved with the keyboard, and pins are kept in the address', async () => {
    const { page } = await shown(tasks)
    const names = await rowNames(page)
    const toggle = (name: string) =>
      page.locator('.head', { hasText: name }).locator('button').first()
    await toggle(names[2]).focus()
    await page.keyboard.press('p')
    expect(await page.locator('.pinned .head .name').allTextContents()).toEqual([names[2]])
    expect((await address(page)).getAll('pin')).toEqual([names[2]])
    expect(await rowNames(page)).toEqual([names[2], ...names.filter(name => name !== names[2])])
    await toggle(names[1]).focus()
    await page.keyboard.press('Alt+ArrowUp')
    expect((await rowNames(page)).slice(1, 3)).toEqual([names[1], names[0]])
  })

  test('are moved with the mouse', async () => {
    const { page } = await shown(tasks)
    const names = await rowNames(page)
    const [first, last] = [page.locator('.head').first(), page.locator('.head').nth(1)]
    const [from, to] = [await last.boundingBox(), await first.boundingBox()]
    if (!from || !to) throw new Error('no rows')
    await page.mouse.move(from.x + 60, from.y + 12)
    await page.mouse.down()
    await page.mouse.move(to.x + 60, to.y + 30)
    await page.mouse.move(to.x + 60, to.y + 12)
    await page.mouse.up()
    expect((await rowNames(page)).slice(0, 2)).toEqual([names[1], names[0]])
  })
})

describe('the flame graph', () => {
  const facts = (page: Page) => page.locator('.flame .facts').textContent()

  test('leaves out sleep, says so, and shows it one click further', async () => {
    const { page } = await shown(events, 'view=flame')
    expect(await facts(page)).toMatch(/without sleep$/)
    const before = await facts(page)
    await page.getByRole('button', { name: /^Show .* asleep or idle$/ }).click()
    await page.getByRole('button', { name: 'Leave out sleep' }).waitFor()
    expect(await facts(page)).not.toBe(before)
    expect(await facts(page)).not.toContain('without sleep')
    expect((await address(page)).get('sleep')).toBe('shown')
    await page.keyboard.press('z')
    expect(await facts(page)).toBe(before)
  })

  test('in order of time has as much in as many calls, in more boxes', async () => {
    const { page } = await shown(tasks, 'view=flame')
    const numbers = async () =>
      /^(.*) in (.*) calls, (.*) stacks/.exec((await facts(page)) ?? '') ?? []
    const [, time, calls, stacks] = await numbers()
    await page.getByLabel('How stacks are arranged').selectOption('ordered')
    const [, sameTime, sameCalls, boxes] = await numbers()
    expect([sameTime, sameCalls]).toEqual([time, calls])
    expect(Number(boxes.replace(',', ''))).toBeGreaterThan(Number(stacks.replace(',', '')))
  })

  test('of one function has its callers above and its callees below', async () => {
    const { page, details } = await shown(seed, 'view=functions&function=__alloc_skb')
    await details.getByRole('button', { name: 'Callers and callees' }).click()
    const shape = page.getByLabel('How stacks are arranged')
    expect(await shape.locator('option:checked').textContent()).toBe(
      'Callers and callees of __alloc_skb',
    )
    const tooltip = page.locator('.tooltip div').first()
    const bars = page.locator('.flame canvas.bars')
    const nameAt = async (y: number) => {
      await bars.hover({ position: { x: 20, y } })
      return tooltip.textContent()
    }
    const rows: (string | null)[] = []
    for (let row = 0; row < 7; row++) rows.push(await nameAt(8 + row * 18 + 9))
    const here = rows.indexOf('__alloc_skb')
    expect(here).toBeGreaterThan(0)
    expect(rows[here - 1]).toBe('sock_alloc_send_pskb')
    expect(rows[here + 1]).toMatch(/kmem_cache_alloc|kmalloc/)
  })
})

test('the page speaks of what is incomplete and lost, and leads there, at 800 pixels too', async () => {
  const { page, details, complaints } = await shown(losses)
  await page.setViewportSize({ width: 800, height: 600 })
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBe(800)
  const incomplete = page.getByRole('button', { name: /incomplete$/ })
  expect(await incomplete.isVisible()).toBe(true)
  await incomplete.click()
  expect(await details.textContent()).toContain('unknown: the trace does not show its exit')
  const first = (await address(page)).get('call')
  await page.keyboard.press('i')
  expect((await address(page)).get('call')).not.toBe(first)
  await page.getByRole('button', { name: /lost$/ }).click()
  await page.waitForTimeout(600)
  expect(Number((await address(page)).get('to'))).toBeGreaterThan(0)
  expect(complaints).toEqual([])
})

test('a wake-up tells whom it wakes, and leads there', async () => {
  const { page, details } = await shown(events)
  // The diamonds of events stand above the bars of swapper/0.
  const head = await page.locator('.head', { hasText: 'swapper/0' }).first().boundingBox()
  const bars = page.locator('.timeline canvas.bars')
  const box = await bars.boundingBox()
  if (!head || !box) throw new Error('no rows')
  for (let x = 10; x < box.width; x += 6) {
    await bars.click({ position: { x, y: head.y - box.y + 11 } })
    if ((await details.isVisible()) && /Wakes/.test((await details.textContent()) ?? '')) break
  }
  expect(await details.textContent()).toMatch(/Wakesrcu_preempt-\d+, which runs .* later/)
  await details.getByRole('button', { name: 'To the task' }).click()
  expect(await details.textContent()).toMatch(/Trackrcu_preempt-\d+/)
})

test('errors are red, and functions lead to their source', async () => {
  const { page, details, complaints, requests } = await shown(
    returns,
    'search=simple_xattr_get',
    'https://example.org/{module}/{function}',
  )
  await page.getByLabel('Search functions and tasks').press('Enter')
  const failed = await headOf(details)
  await page.getByRole('button', { name: '3 errors' }).click()
  const list = details.locator('section', { hasText: 'In order of time' }).locator('li')
  expect(await list.allTextContents()).toEqual(
    ['simple_xattr_get', 'shmem_xattr_handler_get', '__vfs_getxattr']
      .map(name => expect.stringMatching(new RegExp(`^${name} = ENODATAat `)))
      .reverse(),
  )
  await list.first().locator('button').click()
  expect(await details.locator('dd.error').last().textContent()).toBe('ENODATA')
  expect(await headOf(details)).not.toBe(failed)
  await page.keyboard.press('e')
  await page.keyboard.press('e')
  expect(await headOf(details)).toBe(failed)
  expect(await details.locator('dd.error').allTextContents()).toEqual(['-61', 'ENODATA'])
  const name = (await headOf(details)) ?? ''
  const link = details.getByRole('link', { name: 'Source' })
  expect(await link.getAttribute('href')).toBe(`https://example.org//${name}`)
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})

test('colours by function, and a legend of all of them', async () => {
  const { page } = await shown(tasks)
  const colours = () => page.locator('.timeline canvas.bars').evaluate(coloursIn)
  await page.waitForTimeout(300)
  const few = await colours()
  await page.keyboard.press('c')
  await page.waitForTimeout(300)
  expect(await colours()).toBeGreaterThan(few)
  expect((await address(page)).get('colours')).toBe('functions')
  await page.keyboard.press('?')
  const legend = page.locator('dialog[open] .legend')
  expect(await legend.locator('dd').count()).toBeGreaterThan(8)
  expect(await legend.textContent()).toContain('Incomplete: the trace does not show the exit')
})

test('by the keyboard alone: to a call, its caller, its function, its flame graph', async () => {
  const { page, details } = await shown(seed)
  await page.keyboard.press('ArrowDown')
  expect(await headOf(details)).toBe('udp_sendmsg')
  await page.keyboard.press('ArrowDown')
  const callee = await headOf(details)
  expect(callee).not.toBe('udp_sendmsg')
  expect(await page.locator('.news').textContent()).toContain(callee)
  await page.keyboard.press('ArrowUp')
  expect(await headOf(details)).toBe('udp_sendmsg')
  await page.keyboard.press('2')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect(await details.locator('.kind').textContent()).toBe('stack')
  await page.keyboard.press('3')
  await page.keyboard.press('ArrowDown')
  expect(await details.locator('.kind').textContent()).toBe('function')
})

test('on paper the table has all its rows, and nothing to click', async () => {
  const { page } = await shown(tasks, 'view=functions')
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  const rows = await page.locator('.functions tbody tr[data-func]').count()
  const caption = await page.locator('.functions caption').textContent()
  expect(`${rows} functions`).toBe(caption?.replace(',', ''))
  expect(await page.locator('.tabs').isVisible()).toBe(false)
  expect(await page.locator('footer').isVisible()).toBe(false)
})

test('an empty trace has no ruler and no ticks', async () => {
  const folder = temporaryFolder()
  const [trace, path] = [join(folder, 'trace.txt'), join(folder, 'trace.html')]
  writeFileSync(
    trace,
    '# tracer: function_graph\n#\n# CPU  DURATION                  FUNCTION CALLS\n',
  )
  execFileSync(process.execPath, ['bin/fgraph.js', 'convert', '--quiet', trace, '-o', path])
  const { page, complaints } = await openPage()
  await page.goto(`file://${path}`)
  await page.getByText('The trace has no calls and no events.').waitFor()
  expect(await page.locator('canvas.ruler').count()).toBe(0)
  expect(complaints).toEqual([])
})

test.each(formats.filter(({ name }) => name !== 'html').map(({ name }) => name))(
  'a written page is saved as %s, as the command line writes it',
  async name => {
    const { page, complaints, requests } = await shown(seed)
    const menu = page.getByLabel('Trace', { exact: true })
    await menu.waitFor()
    const option = menu.locator('option', { hasText: new RegExp(`^${name}: for `) })
    const download = page.waitForEvent('download')
    await menu.selectOption(await option.getAttribute('value'))
    const saved = readFileSync(await (await download).path())
    const { stdout } = await fgraph('.', ['convert', seed, '-f', name])
    // The title of the page is the name that the test gave it.
    const alike = (bytes: Buffer) => {
      const unpacked = name === 'pprof' ? gunzipSync(bytes) : bytes
      return unpacked.toString('latin1').replaceAll('trace.txt', 'input.txt')
    }
    expect(alike(saved)).toBe(alike(stdout))
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  },
)
