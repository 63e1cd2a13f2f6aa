// dist/fgraph.html in Chromium: until a trace is shown, the memory that this takes, and its frames while it moves.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Of one round in a new browser: seconds, megabytes, and milliseconds between frames.
export async function measurePage(trace) {
  const { chromium } = await import('../consumers/node_modules/playwright-core/index.mjs')
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(new URL('../../dist/fgraph.html', import.meta.url).href)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose files' }).click()
    const started = performance.now()
    await (await chooser).setFiles(trace)
    const question = page.getByRole('button', { name: 'Read it' })
    const shown = page.locator('header.top')
    await shown.or(question).waitFor({ timeout: 600_000 })
    if (await question.isVisible()) await question.click()
    await shown.waitFor({ timeout: 600_000 })
    const wall = (performance.now() - started) / 1000
    const gaps = (await page.evaluate(movingFrames)).sort((a, b) => a - b)
    const peak = peakBelow(process.pid)
    return {
      wall,
      peak,
      frame: gaps[gaps.length >> 1],
      slowFrame: gaps[Math.floor(gaps.length * 0.95)],
    }
  } finally {
    await browser.close()
  }
}

// Runs in the page: zooms and pans as keys do, and notes the time between frames.
function movingFrames() {
  const keys = ['w', 'w', 'd', 'd', 's', 'w', 'a', 'w', 'd', 's', 's', 'a', 's', '0']
  return new Promise(resolve => {
    const gaps = []
    let last = 0
    const frame = now => {
      if (last > 0) gaps.push(now - last)
      last = now
      if (gaps.length % 12 === 0) {
        dispatchEvent(new KeyboardEvent('keydown', { key: keys[(gaps.length / 12) % keys.length] }))
      }
      if (gaps.length < 360) requestAnimationFrame(frame)
      else resolve(gaps)
    }
    requestAnimationFrame(frame)
  })
}

// The most that one of the processes that a process has started took.
function peakBelow(starter) {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const parents = new Map(lines.map(line => line.trim().split(/\s+/).map(Number)))
  const isBelow = pid => pid === starter || (pid > 1 && isBelow(parents.get(pid) ?? 0))
  const peaks = [...parents.keys()]
    .filter(pid => pid !== starter && isBelow(pid))
    .map(pid => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000
      } catch {
        return 0
      }
    })
  return Math.max(...peaks)
}
