/// <reference path="../browser/raw.d.ts" />
/**
 * A flame graph as SVG that needs nothing else: what flamegraph.pl draws
 * (github.com/brendangregg/FlameGraph), with its search and its zoom.
 *
 * The width of a frame is nanoseconds of measured self time, its own and that of all that stands on
 * it. Each has its numbers as data attributes, to the nanosecond, and in its native tooltip.
 * Without scripts it is a picture with tooltips; with them (page/svg.ts) it fits its window, zooms
 * into what is clicked, searches, and keeps both in its address.
 *
 * Lost: positions in time, and frames narrower than MIN_WIDTH.
 */
import { type ByteSink, ByteWriter } from '../../base/byte-writer.js'
import { xmlText } from '../../base/xml.js'
import type { TimelineSink, TraceFacts } from '../../timeline/sink.js'
import { stacksAtEnd } from '../../timeline/stacks/index.js'
import { drawnWidth, shortened } from '../browser/boxes.js'
import style from '../browser/built/svg.css.txt?raw'
import script from '../browser/built/svg.js.txt?raw'
import { ink, type Shade, shades } from '../browser/palette.js'
import { bothTexts, countedText, shareText, timeText } from '../browser/units.js'
import { groupingOf, type StackRootOptions } from '../stack-roots.js'
import { type Frame, framesOf } from './frames.js'

export type { Frame } from './frames.js'

/** Pixels; the script reads them from the SVG to lay out the same frames. */
const WIDTH = 1200
const MARGIN = 12
const HEAD = 72
const ROW = 18
const MIN_WIDTH = 0.1
/** Of one character of a frame's name. */
const CHARACTER = 6.7

export function openFlamegraph(out: ByteSink, options: StackRootOptions): TimelineSink {
  const { title, root = 'none' } = options
  return stacksAtEnd(groupingOf(root), (weights, facts) => {
    const writer = new ByteWriter(out)
    const frames = framesOf(weights, root, MIN_WIDTH / (WIDTH - 2 * MARGIN))
    const info = subtitle(frames[0], weights.functions.length - 1, facts)
    writeFlamegraph(writer, frames, title, info, shades)
    writer.flush()
  })
}

function subtitle(all: Frame, functions: number, { clock, lostEvents }: TraceFacts): string {
  const measured = `${timeText(all.total)} in ${countedText(all.calls, 'call')}`
  const parts = [`${measured} of ${countedText(functions, 'function')}`]
  if (clock === 'order') parts.push('no durations: every call counts as 1 ns')
  if (lostEvents > 0) parts.push(`${countedText(lostEvents, 'event')} lost`)
  return parts.join(' · ')
}

/** Draws frames; callers come before their callees, the first frame is below all others. */
export function writeFlamegraph(
  writer: ByteWriter,
  frames: readonly Frame[],
  title: string,
  info: string,
  palette: readonly Shade[],
): void {
  const depths = frames.reduce((most, { depth }) => Math.max(most, depth + 1), 0)
  const height = HEAD + depths * ROW + MARGIN
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`
  const layout = `data-margin="${MARGIN}" data-head="${HEAD}" data-row="${ROW}"`
  writer.text(`<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" ${size} ${layout}>
<title>${xmlText(title)}</title>
<style>
${style.trim()}
${paletteStyle(palette)}
</style>
<rect class="ground" width="100%" height="100%"/>
<g class="frames">
`)
  const [{ total: all }] = frames
  for (const frame of frames) writer.text(frameText(frame, all, height))
  writer.text(`</g>
<g class="head">
<rect class="ground" width="100%" height="${HEAD - 6}"/>
<text class="title" x="${MARGIN}" y="29">${xmlText(title)}</text>
<text class="info" x="${MARGIN}" y="52">${xmlText(info)}</text>
<text class="matched" x="${WIDTH - MARGIN}" y="52"/>
<foreignObject class="controls" x="${WIDTH - MARGIN - 330}" y="10" width="330" height="30">
<div xmlns="http://www.w3.org/1999/xhtml"><button type="button" class="reset">Reset zoom</button>\
<input type="search" placeholder="Search by regex (Ctrl-F)" aria-label="Search"/></div>
</foreignObject>
</g>
<script><![CDATA[
${script.trim()}
]]></script>
</svg>
`)
}

function frameText(
  { name, shade, depth, at, total, self, calls, notes = [] }: Frame,
  all: number,
  height: number,
) {
  const scale = all === 0 ? 0 : (WIDTH - 2 * MARGIN) / all
  const x = MARGIN + at * scale
  const y = height - MARGIN - (depth + 1) * ROW
  const width = all === 0 ? WIDTH - 2 * MARGIN : total * scale
  const characters = Math.floor((width - 8) / CHARACTER)
  const data = `data-depth="${depth}" data-at="${at}" data-total="${total}" data-self="${self}" data-calls="${calls}"`
  const tooltip = [
    name,
    `${bothTexts(total)}, ${shareText(total, all)}`,
    `self ${bothTexts(self)}`,
    countedText(calls, 'call'),
    ...notes,
  ]
  const label =
    characters < 3
      ? ''
      : `<text x="${(x + 4).toFixed(2)}" y="${y + 12.5}">${xmlText(shortened(name, characters))}</text>`
  return `<g ${data}><title>${xmlText(tooltip.join('\n'))}</title>\
<rect class="s${shade}" x="${x.toFixed(2)}" y="${y}" width="${drawnWidth(width).toFixed(2)}" height="${ROW - 1}"/>${label}</g>
`
}

function paletteStyle(palette: readonly Shade[]): string {
  const rules = (theme: keyof Shade) =>
    [
      `.frames{fill:${ink[theme]}}`,
      ...palette.map((shade, index) => `.s${index}{fill:${shade[theme]}}`),
    ].join('')
  return `${rules('light')}\n@media (prefers-color-scheme:dark){${rules('dark')}}`
}
