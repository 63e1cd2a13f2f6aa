import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { firefoxReceiver, perfettoReceiver } from '../emit/browser/hand-over.js'
import type { FormatName } from '../emit/formats.js'
import type { ServedFile } from '../node/loopback-server.js'
import { handOverPage } from './hand-over.js'

/** A program that shows a trace in the browser. */
export interface Viewer {
  readonly format: FormatName
  /** The name of the trace on the server. */
  readonly fileName: string
  /** The site whose pages may fetch the trace. */
  readonly origin?: string
  /** What else it takes to serve it. */
  readonly files: ReadonlyMap<string, ServedFile>
  /** What the browser opens. `addressOf` tells where files are. */
  page(addressOf: (name: string) => string): string
}

export const viewerNames = ['page', 'perfetto', 'speedscope', 'firefox'] as const

export type ViewerName = (typeof viewerNames)[number]

/** How a viewer gets a trace of this title. */
export function viewerNamed(name: ViewerName, title: string): Viewer {
  return viewers[name](title)
}

const PERFETTO = perfettoReceiver.site
const SPEEDSCOPE = 'https://www.speedscope.app'
const FIREFOX = firefoxReceiver.site

const viewers: Readonly<Record<ViewerName, (title: string) => Viewer>> = {
  page: () => ({
    format: 'html',
    fileName: 'trace.html',
    files: new Map(),
    page: addressOf => addressOf('trace.html'),
  }),
  // It fetches traces from one port only; a page of ours hands them over.
  perfetto: title => ({
    format: 'perfetto',
    fileName: 'trace.pftrace',
    files: new Map([
      [
        'perfetto.html',
        { text: handOverPage({ site: PERFETTO, title, fileName: 'trace.pftrace' }) },
      ],
    ]),
    page: addressOf => addressOf('perfetto.html'),
  }),
  speedscope: title => speedscope(title, installedSpeedscope()),
  firefox: () => ({
    format: 'firefox',
    fileName: 'trace.profile.json',
    origin: FIREFOX,
    files: new Map(),
    page: addressOf => `${FIREFOX}/from-url/${encodeURIComponent(addressOf('trace.profile.json'))}`,
  }),
}

/** The site, or the package where it is installed, which needs no network. */
function speedscope(title: string, installed: ReadonlyMap<string, ServedFile>): Viewer {
  const fileName = 'trace.speedscope.json'
  return {
    format: 'speedscope',
    fileName,
    ...(installed.size === 0 && { origin: SPEEDSCOPE }),
    files: installed,
    page(addressOf) {
      const site = installed.size > 0 ? addressOf('index.html') : `${SPEEDSCOPE}/`
      const profile = encodeURIComponent(addressOf(fileName))
      return `${site}#profileURL=${profile}&title=${encodeURIComponent(title)}`
    },
  }
}

/** The files of the package speedscope: of this folder's packages, or of the global ones. None if it is not installed. */
function installedSpeedscope(): ReadonlyMap<string, ServedFile> {
  const folders = [
    packageFolder(join(process.cwd(), 'package.json')),
    join(dirname(process.execPath), '../lib/node_modules/speedscope'),
  ]
  const release = folders
    .filter(folder => folder !== undefined)
    .map(folder => join(folder, 'dist/release'))
    .find(existsSync)
  if (release === undefined) return new Map()
  const names = readdirSync(release).filter(name => statSync(join(release, name)).isFile())
  return new Map(names.map(name => [name, { path: join(release, name) }]))
}

function packageFolder(from: string): string | undefined {
  try {
    return dirname(createRequire(from).resolve('speedscope/package.json'))
  } catch {
    return undefined
  }
}
