import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FormatName } from '../../src/emit/formats.js'
import { totalsOfExtents } from '../decode/chrome.js'
import { eventsOfSpeedscope } from '../decode/speedscope.js'
import { useBrowser } from './browser.js'
import { deep, fileOf, packagePath, seed, selfTimes, tasks } from './consumers.js'

const openPage = useBrowser()

interface Exported {
  readonly activeProfileIndex: number
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string }[] }
  readonly profiles: readonly { readonly name: string; readonly unit: string }[]
}

/** Imports a file in speedscope's own page, and takes from its button what it exports. */
async function exported(format: FormatName, capture: string) {
  const file = await fileOf(format, capture)
  const { page, complaints, requests } = await openPage()
  const index = packagePath('speedscope/dist/release/index.html')
  const base64 = file.bytes.toString('base64')
  const script = join(file.folder, 'load.js')
  writeFileSync(script, `speedscope.loadFileFromBase64(${JSON.stringify(file.path)}, '${base64}')`)
  await page.goto(`file://${index}#localProfilePath=${script}`)
  const download = page.waitForEvent('download')
  await page.getByText('Export', { exact: false }).click()
  const copy = join(file.folder, 'exported.json')
  await (await download).saveAs(copy)
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
  const bytes = readFileSync(copy)
  return { ...file, copy: bytes, exported: JSON.parse(bytes.toString()) as Exported }
}

test.each([deep, tasks, seed])(
  'speedscope of %s: what it exports is what it was given',
  async capture => {
    const { bytes, copy, exported: found } = await exported('speedscope', capture)
    const given = JSON.parse(bytes.toString()) as Exported
    expect(found.profiles.map(({ name, unit }) => [name, unit])).toEqual(
      given.profiles.map(({ name, unit }) => [name, unit]),
    )
    expect(found.activeProfileIndex).toBe(0)
    // Calls of one function without anything between them are one in speedscope.
    expect(selfTimes(totalsOfExtents(eventsOfSpeedscope(copy)))).toEqual(
      selfTimes(totalsOfExtents(eventsOfSpeedscope(bytes))),
    )
    expect(new Set(found.shared.frames.map(frame => JSON.stringify(frame)))).toEqual(
      new Set(given.shared.frames.map(frame => JSON.stringify(frame))),
    )
  },
)

test.each([
  ['folded', 'none'],
  ['pprof', 'nanoseconds'],
] as const)('speedscope of %s: self time of each function', async (format, unit) => {
  const { copy, totals } = await exported(format, deep)
  expect(selfTimes(totalsOfExtents(eventsOfSpeedscope(copy, unit)))).toEqual(selfTimes(totals))
})
