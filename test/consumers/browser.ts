import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { programPath } from './consumers.js'

/** A browser for the tests of a file: opens pages that may not reach the network. */
export function useBrowser(): () => Promise<OpenPage> {
  let browser: Browser
  beforeAll(async () => {
    const executablePath = programPath('chromium')
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())
  return async () => {
    const context = await browser.newContext({ offline: true, acceptDownloads: true })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    const requests: string[] = []
    page.on('request', request => {
      if (!/^(file|blob|data):/.test(request.url())) requests.push(request.url())
    })
    return { page, complaints, requests }
  }
}

export interface OpenPage {
  readonly page: Page
  /** Errors that the page has met. */
  readonly complaints: readonly string[]
  /** Its requests to the network. */
  readonly requests: readonly string[]
}
