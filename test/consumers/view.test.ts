import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { handOverPage } from '../../src/cli/hand-over.js'
import { serveOnLoopback } from '../../src/node/loopback-server.js'
import { ended, start } from '../cli/run.js'
import { programPath, seed } from './consumers.js'

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: programPath('chromium'),
    args: ['--no-sandbox'],
  })
})
afterAll(() => browser?.close())

async function openPage(): Promise<Page> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context.newPage()
}

/** Stands in for ui.perfetto.dev, by its protocol: takes a trace from the window that has opened it, once it has said PONG. */
const standIn = `<!doctype html><title>stand-in</title><script>
  let isReady = false
  addEventListener('message', ({ source, data }) => {
    if (source !== opener) throw new Error('a message of another window')
    if (data === 'PING') {
      isReady = true
      opener.postMessage('PONG', '*')
    } else if (isReady) {
      const { buffer, title, fileName } = data.perfetto
      window.taken = { bytes: [...new Uint8Array(buffer)], title, fileName }
    }
  })
</script>`

test('a trace is handed over to Perfetto as it is, whatever its name', async () => {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(standIn)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const title = '</script><script>alert(1)</script>\u2028'
  const page = { text: handOverPage({ site, title, fileName: 't.pftrace' }) }
  const files = new Map([
    ['perfetto.html', page],
    ['t.pftrace', { text: 'not \u0000 a trace' }],
  ])
  const ours = await serveOnLoopback(files, undefined)
  onTestFinished(() => ours.close())
  const opener = await openPage()
  const complaints: string[] = []
  opener.on('pageerror', error => complaints.push(String(error)))
  await opener.goto(ours.addressOf('perfetto.html'))
  const popup = opener.waitForEvent('popup')
  await opener.getByRole('button').click()
  const viewer = await popup
  const taken = await viewer.waitForFunction(() => (window as { taken?: unknown }).taken)
  expect(await taken.jsonValue()).toEqual({
    bytes: [...Buffer.from('not \u0000 a trace')],
    title,
    fileName: 't.pftrace',
  })
  await opener.getByText('Perfetto has the trace').waitFor()
  expect(complaints).toEqual([])
})

test.each([
  ['page', '222 calls'],
  ['speedscope', 'Time Order'],
])('%s shows a trace from the server, without the network', async (viewer, text) => {
  const child = start('test/consumers', ['view', `../../${seed}`, '--in', viewer], [], {
    PATH: process.env.PATH,
  })
  const result = ended(child)
  const address = await new Promise<string>(resolve => {
    child.stderr?.on('data', chunk => {
      const [, found] = /no screen here; open (\S+)\n/.exec(String(chunk)) ?? []
      if (found) resolve(found)
    })
  })
  const page = await openPage()
  const requests: string[] = []
  page.on('request', request => requests.push(new URL(request.url()).hostname))
  await page.goto(address)
  await page.getByText(text).first().waitFor()
  expect(await result).toMatchObject({ code: 0 })
  expect(requests.filter(host => host !== '127.0.0.1' && host !== '')).toEqual([])
})
