/** What tests give our pages, and look for in them, whatever the browser. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Zstd } from '@hpcc-js/wasm-zstd'
import { seed } from './consumers.js'

/** The page that opens any trace. */
export const address = `file://${join(process.cwd(), 'dist/fgraph.html')}`
/** A trace of 222 calls. */
export const text = readFileSync(seed)

/** Files that it unpacks, and how many calls are in them. */
export const packed = [
  ['text', async () => text, 222],
  ['gzip', async () => gzipSync(text), 222],
  ['zstd', async () => (await Zstd.load()).compress(text), 222],
  ['zstd in frames', async () => readFileSync('test/node/packed/skippable-frames.zst'), 59],
  ['xz', async () => readFileSync('test/node/packed/crc64.xz'), 59],
] as const

/** The contents of a file `a.bin`, and what it says of them. */
export const refused = [
  [
    'a picture',
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    /a\.bin: not a function_graph trace/,
  ],
  ['prose', Buffer.from('no trace\n'), /a\.bin: not a function_graph trace/],
  ['nothing', Buffer.alloc(0), /a\.bin: nothing in it/],
  [
    'cut gzip',
    gzipSync(text).subarray(0, 300),
    /a\.bin: the gzip data ends? too early after 300 bytes/,
  ],
] as const

/** A name that is a program to whoever does not take it as text. */
export const hostileName = '<img/src/onerror=alert`1`>'

/** A trace of functions with such names. */
export const hostile = [
  'foo',
  hostileName,
  '<img src=x onerror=alert(1)>',
  '__proto__',
  '</script><script>alert(1)</script>',
  '\x1b[31m',
]
  .map(name => ` 0)   1.000 us    |  ${name.replaceAll(' ', '_')}();\n`)
  .join('')

/** Sites that take a trace in a format, and their protocols. */
export const viewers = [
  [
    'Perfetto',
    'perfetto',
    'https://ui.perfetto.dev/',
    `if (data === 'PING') opener.postMessage('PONG', '*')
     else if (data.perfetto.title === 'input.txt') taken = [...new Uint8Array(data.perfetto.buffer)]`,
  ],
  [
    'Firefox Profiler',
    'firefox',
    'https://profiler.firefox.com/from-post-message/',
    `if (data.name === 'is-ready') opener.postMessage({ name: 'is-ready' }, '*')
     else if (data.name === 'inject-profile') taken = JSON.stringify(data.profile)`,
  ],
] as const

/** Stands in for such a site: `taken` is what it has got. */
export function standIn(protocol: string): string {
  return `<script>
    let taken
    addEventListener('message', ({ source, data }) => {
      if (source !== opener) throw new Error('a message of another window')
      ${protocol}
    })
  </script>`
}

/** What a stand-in has taken, if all went well. */
export function takenOf(format: string, output: Buffer): unknown {
  return format === 'firefox' ? JSON.stringify(JSON.parse(String(output))) : [...output]
}

/** Windows that a page must fit in. */
export const sizes = [
  { width: 1440, height: 900 },
  { width: 800, height: 600 },
]

/** How many colours a canvas has. Runs in the page. */
export function coloursIn(element: Element): number {
  const canvas = element as HTMLCanvasElement
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  return new Set(new Uint32Array(data.buffer)).size
}
