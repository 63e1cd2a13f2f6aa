import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { ended, folderWith, start, trace } from './run.js'

/** Starts `view` where there is no screen, and takes the address from what it says. */
async function viewing(...args: string[]) {
  const folder = folderWith({ 't.txt': trace })
  const env = {
    PATH: process.env.PATH,
    TMPDIR: folder,
    SSH_CONNECTION: '10.0.0.9 5022 10.0.0.1 22',
  }
  const child = start(folder, ['view', 't.txt', ...args], [], env)
  const result = ended(child)
  const said = await new Promise<string>(resolve => {
    let stderr = ''
    child.stderr?.on('data', chunk => {
      stderr += chunk
      if (stderr.includes('ssh -L')) resolve(stderr)
    })
  })
  const [, page] = /no screen here; open (\S+)\n/.exec(said) ?? []
  return { folder, child, result, said, page: page as string }
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

test('serves a page once, and leaves nothing behind', async () => {
  const { folder, result, said, page } = await viewing()
  expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/trace\.html$/)
  const { port } = new URL(page)
  expect(said).toContain(`ssh -L ${port}:127.0.0.1:${port} `)
  expect(said).toContain('@10.0.0.1\n')
  expect(said).toMatch(/calls +2 complete\n/)
  const response = await fetch(page)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await response.text()).toContain('<title>t.txt</title>')
  expect(await result).toMatchObject({ code: 0 })
  expect(readdirSync(folder)).toEqual(['t.txt'])
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
  const { folder, child, result } = await viewing()
  child.kill('SIGINT')
  expect(await result).toMatchObject({ signal: 'SIGINT' })
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
