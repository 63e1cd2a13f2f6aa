import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { decodeHtml } from '../decode/html.js'
import { ended, fgraph, folderWith, Heard, start, trace } from './run.js'

const SSH_CONNECTION = '10.0.0.9 5022 10.0.0.1 22'

/** Runs `view` where there is no screen, and takes the address from what it says. */
async function viewing(...args: string[]) {
  const stderr = new Heard()
  const folder = folderWith({ 't.txt': trace })
  const surroundings = { env: { SSH_CONNECTION }, streams: { stderr } }
  const result = fgraph(folder, ['view', 't.txt', ...args], '', surroundings)
  const said = await stderr.until('ssh -L')
  return { result, said, page: addressIn(said) }
}

function addressIn(said: string): string {
  const [, address = ''] = /no screen here; open (\S+)\n/.exec(said) ?? []
  return address
}

/** The status and the headers of an answer; fetch sets no `Host`. */
function answer(address: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number | undefined; cors: unknown }>((resolve, reject) => {
    request(address, { headers, method }, response => {
      response.resume()
      const cors = response.headers['access-control-allow-origin']
      response.on('end', () => resolve({ status: response.statusCode, cors }))
    })
      .on('error', reject)
      .end()
  })
}

test('serves a page once', async () => {
  const { result, said, page } = await viewing()
  expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/trace\.html$/)
  const { port } = new URL(page)
  expect(said).toContain(`ssh -L ${port}:127.0.0.1:${port} `)
  expect(said).toContain('@10.0.0.1\n')
  expect(said).toMatch(/calls +2 complete\n/)
  const response = await fetch(page)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await response.text()).toContain('<title>t.txt</title>')
  expect(await result).toMatchObject({ code: 0 })
})

test('the page links functions to their source if it knows where that is', async () => {
  const address = 'https://example.org/{function}'
  const { result, page } = await viewing('--quiet', '--source-url', address)
  const html = Buffer.from(await (await fetch(page)).arrayBuffer())
  expect(decodeHtml(html).sourceUrl).toBe(address)
  expect(await result).toMatchObject({ code: 0 })
})

test.each([
  [
    ['--source-url', 'javascript:{function}'],
    /^fgraph: --source-url: .* is no address of functions; /,
  ],
  [['--source-url', 'https://example.org/'], /^fgraph: --source-url: .* write it like https:/],
  [
    ['--source-url', 'https://example.org/{function}', '--in', 'perfetto'],
    /^fgraph: --source-url is for --in page; leave it out\n$/,
  ],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await fgraph(folderWith({ 't.txt': trace }), ['view', 't.txt', ...args])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
})

test.each([
  ['perfetto', 'trace.pftrace', ''],
  ['speedscope', 'trace.speedscope.json', 'https://www.speedscope.app'],
  ['firefox', 'trace.profile.json', 'https://profiler.firefox.com'],
])('%s gets its own format, and no other site gets it', async (viewer, file, origin) => {
  const { result, page } = await viewing('--in', viewer, '--quiet')
  const address = addressOf(viewer, page, file)
  expect(await answer(address, { origin: 'https://example.org' })).toEqual({ status: 403 })
  expect(await answer(address, { host: 'evil.example' })).toEqual({ status: 403 })
  expect(await answer(address.replace(/\/[0-9a-f]{32}\//, '/0/'), {})).toEqual({ status: 404 })
  expect(await answer(`${address}x`, {})).toEqual({ status: 404 })
  expect(await answer(address, {}, 'POST')).toEqual({ status: 405 })
  const site: Record<string, string> = origin === '' ? {} : { origin }
  expect(await answer(address, site, 'OPTIONS')).toMatchObject({ status: 204 })
  expect(await answer(address, site)).toEqual({ status: 200, cors: site.origin })
  expect(await result).toMatchObject({ code: 0 })
})

test('Ctrl-C ends it, and leaves nothing behind', async () => {
  const folder = folderWith({ 't.txt': trace })
  const child = start(folder, ['view', 't.txt'], [], { TMPDIR: folder })
  const result = ended(child)
  const stderr = new Heard()
  child.stderr?.pipe(stderr)
  await stderr.until('no screen here')
  child.kill('SIGINT')
  expect(await result).toMatchObject({ signal: 'SIGINT' })
  expect(readdirSync(folder)).toEqual(['t.txt'])
})

test('the process ends when the page is shown, and leaves nothing behind', async () => {
  const folder = folderWith({ 't.txt': trace })
  const child = start(folder, ['view', 't.txt'], [], { TMPDIR: folder })
  const result = ended(child)
  const stderr = new Heard()
  child.stderr?.pipe(stderr)
  await fetch(addressIn(await stderr.until('ssh -L'))).then(response => response.text())
  expect(await result).toMatchObject({ code: 0 })
  expect(readdirSync(folder)).toEqual(['t.txt'])
})

test('a trace that is none is refused before a server starts', async () => {
  const folder = folderWith({ 't.txt': 'no trace\n' })
  const { code, stderr } = await ended(start(folder, ['view', 't.txt'], [], { TMPDIR: folder }))
  expect(stderr).toMatch(/^fgraph: t\.txt: not a function_graph trace; /)
  expect(code).toBe(2)
  expect(readdirSync(folder)).toEqual(['t.txt'])
})

/** Where the trace is, as the viewer is told. */
function addressOf(viewer: string, page: string, file: string): string {
  if (viewer === 'perfetto') return new URL(file, page).href
  const [, address] = /(?:#profileURL=|\/from-url\/)([^&]*)/.exec(page) ?? []
  return decodeURIComponent(address as string)
}
