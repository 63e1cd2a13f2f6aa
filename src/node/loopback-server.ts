import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'

/** A file that a server hands out: a path, or a text. */
export type ServedFile = { readonly path: string } | { readonly text: string }

export interface LoopbackServer {
  readonly port: number
  /** Where a file is, by its name: `http://127.0.0.1:41233/8f..2c/trace.html`. */
  addressOf(name: string): string
  /** Resolves when a file has been handed out whole. */
  handedOut(name: string): Promise<void>
  close(): void
}

/**
 * Serves files by their names to programs of this machine that know an address nobody can guess. Pages of other
 * sites get nothing, but for those of `origin`. A request whose `Host` is another one comes from a page that
 * has made its own name mean this machine, and is refused.
 */
export async function serveOnLoopback(
  files: ReadonlyMap<string, ServedFile>,
  origin: string | undefined,
): Promise<LoopbackServer> {
  const secret = randomBytes(16).toString('hex')
  const done = new Map<string, () => void>()
  const server = createServer((request, response) => {
    const name = nameIn(request)
    const file = name === undefined ? undefined : files.get(name)
    if (!isForUs(request)) return refuse(response, 403)
    if (name === undefined || !file) return refuse(response, 404)
    allowOrigin(request, response)
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method !== 'GET') return refuse(response, 405)
    response.on('finish', () => done.get(name)?.())
    response.writeHead(200, headersOf(name))
    if ('text' in file) response.end(file.text)
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    addressOf: name => `http://127.0.0.1:${port}/${secret}/${encodeURIComponent(name)}`,
    handedOut: name => new Promise(resolve => done.set(name, resolve)),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }

  function nameIn({ url = '' }: IncomingMessage): string | undefined {
    const [, first, name] = /^\/([^/?]*)\/([^?]*)/.exec(url) ?? []
    return first === secret ? decoded(name) : undefined
  }

  function isForUs({ headers }: IncomingMessage): boolean {
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    if (!hosts.includes(headers.host ?? '')) return false
    const sites = [origin, ...hosts.map(host => `http://${host}`)]
    return headers.origin === undefined || sites.includes(headers.origin)
  }

  function allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
    if (origin === undefined || headers.origin !== origin) return
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Vary', 'Origin')
    // Chrome asks whether a public site may reach this machine.
    response.setHeader('Access-Control-Allow-Private-Network', 'true')
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end()
}

/** Without escapes; undefined if these are damaged. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function headersOf(name: string) {
  return {
    'Content-Type': types[extname(name)] ?? 'application/octet-stream',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}
