import { expect, test } from 'vitest'
import { openFlamegraph } from '../../src/emit/flamegraph/flamegraph.js'
import { goldens } from '../captures.js'
import { convertCapture, written } from '../emit/captures.js'
import { useBrowser } from './browser.js'
import { deep, fileOf, said, tasks } from './consumers.js'

const openPage = useBrowser()

test.each([...goldens, deep, tasks])('xmllint of %s', path => {
  const { bytes } = convertCapture(openFlamegraph, path)
  expect(said('xmllint', ['--noout', '--huge', '-'], bytes)).toBe('')
})

test('xmllint of names that are markup', () => {
  const svg = written(openFlamegraph, sink => {
    sink.defineFunction(1, { name: '</script><b>&"\u0001]]>', module: '' })
    sink.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
    sink.begin(0, 1, 0)
    sink.end(0, 1, 1000, 1000)
  })
  expect(said('xmllint', ['--noout', '-'], svg)).toBe('')
})

test('Chromium: a click zooms, a search finds, nothing is fetched', async () => {
  const { path, totals } = await fileOf('flamegraph', deep)
  const { page, complaints, requests } = await openPage()
  await page.goto(`file://${path}`)
  const frame = page.locator('.frames > g', { has: page.locator('text=vfs_write') }).first()
  await frame.click()
  await page.waitForURL(/#/)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('vfs_write')
  const matched = page.locator('.matched')
  await matched
    .getByText(/%/)
    .or(matched.filter({ hasText: '%' }))
    .first()
    .waitFor()
  expect(totals.has('vfs_write')).toBe(true)
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
})
