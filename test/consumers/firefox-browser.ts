import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { programPath } from './consumers.js'

/** Firefox for the tests of a file: opens pages that may not reach the network. */
export function useFirefox(scheme: 'light' | 'dark' = 'light'): () => Promise<OpenPage> {
  let browser: Browser
  let downloads: string
  beforeAll(async () => {
    downloads = mkdtempSync(join(tmpdir(), 'fgraph-test-'))
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: programPath('firefox-esr'),
      extraPrefsFirefox: { ...offline, ...likeUsers, ...saving(downloads), ...colours[scheme] },
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(downloads, { recursive: true, force: true })
  })
  return async () => {
    const context = await browser.createBrowserContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('dialog', dialog => {
      complaints.push(dialog.message())
      dialog.dismiss()
    })
    const requests: string[] = []
    page.on('request', request => {
      if (!/^(file|blob|data):/.test(request.url())) requests.push(request.url())
    })
    return { page, complaints, requests, downloads }
  }
}

export interface OpenPage {
  readonly page: Page
  /** Errors that the page has met, and what it has asked in windows of its own. */
  readonly complaints: readonly string[]
  /** Its requests to the network. */
  readonly requests: readonly string[]
  /** The folder of what the pages of a file have saved. */
  readonly downloads: string
}

/** A proxy that is not there. */
const offline = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 1,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 1,
}

/** Puppeteer lets pages open windows at any time. */
const likeUsers = { 'dom.disable_open_during_load': true }

const colours = {
  dark: { 'layout.css.prefers-color-scheme.content-override': 0 },
  light: { 'layout.css.prefers-color-scheme.content-override': 1 },
}

function saving(folder: string) {
  return { 'browser.download.folderList': 2, 'browser.download.dir': folder }
}

/** Makes the window of a page as large. */
export async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewport(size).catch(error => {
    // It is sized by then; Firefox 140 only does not know how to turn a screen.
    if (!/unknown command emulation.setScreenOrientationOverride/.test(error)) throw error
  })
}
