/// <reference path="../browser/raw.d.ts" />
/**
 * One HTML file that shows a trace by itself, offline: a timeline, a flame graph and a table of
 * functions (browser/page/main.ts). It carries the trace as data (page-rows.ts).
 *
 * Lost: nothing that a timeline has.
 */
import { LF } from '../../base/ascii.js'
import { base64 } from '../../base/base64.js'
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { xmlText } from '../../base/xml.js'
import type { TimelineSink } from '../../timeline/sink.js'
import style from '../browser/built/page.css.txt?raw'
import script from '../browser/built/page.js.txt?raw'
import writers from '../browser/built/writers.txt?raw'
import { type GzipOptions, gzipByPako } from '../gzip.js'
import { openPageData, type PageOptions } from './page-rows.js'

export interface HtmlOptions extends PageOptions, GzipOptions {}

export function openHtml(out: ByteSink, options: HtmlOptions): TimelineSink {
  const { title, gzip = gzipByPako } = options
  return openPageData(pieces => {
    const writer = new ByteWriter(out)
    writeDocument(writer, title, gzip(pieces))
    writer.flush()
  }, options)
}

/** The page may run its own script and what a worker needs to write other formats, and fetch nothing. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval'",
  'worker-src blob:',
].join('; ')

function writeDocument(writer: ByteWriter, title: string, data: Iterable<Uint8Array>): void {
  writer.text(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="fgraph">
<title>${xmlText(title)}</title>
<style>
${style.trim()}
</style>
</head>
<body>
<noscript>This page shows a trace with the script in it: please allow scripts.</noscript>
<script type="application/octet-stream" id="trace">
`)
  writeBase64(writer, data)
  writer.text(`</script>
<script type="application/octet-stream" id="writers">
${writers.trim()}
</script>
<script>
${script.trim()}
</script>
</body>
</html>
`)
}

/** In lines. */
function writeBase64(writer: ByteWriter, pieces: Iterable<Uint8Array>): void {
  const line = new Uint8Array(LINE)
  const text = new Uint8Array((LINE / 3) * 4)
  let length = 0
  const writeLine = () => {
    writer.bytes(text.subarray(0, base64(line.subarray(0, length), text)))
    writer.byte(LF)
    length = 0
  }
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + LINE - length)
      line.set(taken, length)
      at += taken.length
      length += taken.length
      if (length === LINE) writeLine()
    }
  }
  writeLine()
}

/** Bytes to a line of base64: a multiple of three, so that lines can be joined. */
const LINE = 3 * 1024
