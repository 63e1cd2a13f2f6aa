/// <reference path="../emit/browser/raw.d.ts" />
import script from '../emit/browser/built/hand-over.js.txt?raw'
import type { HandOverPage } from '../emit/browser/hand-over-page.js'

const POLICY =
  "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"

/**
 * A page that opens Perfetto in another window and hands over a trace, the file beside it. Browsers open windows only
 * after a click, so the page has a button, too.
 */
export function handOverPage(page: HandOverPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>fgraph</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 3em auto; max-width: 40em; padding: 0 1em }</style>
<p id="status">Reading the trace…</p>
<button id="open" disabled>Open the trace in Perfetto</button>
<script type="application/json" id="page">${JSON.stringify(page).replaceAll('<', '\\u003c')}</script>
<script>
${script.trim()}
</script>
</html>
`
}
