/**
 * A heat map as SVG: time to the right, durations upwards on a logarithmic scale, stronger cells for
 * more calls. Each cell has a <title>, which browsers show under the pointer.
 */
import { type HeatCell, placeOf, startOfStep } from '../../analyze/heat-map.js'
import { xmlText } from '../../base/xml.js'
import { counted, duration } from './units.js'

const CELL = { width: 4, height: 6 }
const MARGIN = { left: 90, top: 40, right: 40, bottom: 50 }
const NARROWEST = 400
/** The least distance of labels in pixels. */
const BESIDE = 100
const ABOVE = 16

const STYLE = `svg{color-scheme:light dark;font:11px sans-serif}
.ground{fill:#fff}text{fill:#333}.rule{stroke:#ddd}.title{font-size:14px}
@media (prefers-color-scheme:dark){.ground{fill:#1c1b19}text{fill:#ddd}.rule{stroke:#444}}`

export function heatMapSvg(title: string, cells: readonly HeatCell[]): string {
  const steps = cells.map(({ step }) => step)
  const [lowest, highest] = [Math.min(...steps), Math.max(...steps) + 1]
  const start = Math.min(...cells.map(({ fromTime }) => fromTime))
  const end = Math.max(...cells.map(({ toTime }) => toTime))
  const span = cells[0].toTime - cells[0].fromTime
  const most = Math.max(...cells.map(({ calls }) => calls))
  const x = (time: number) => MARGIN.left + ((time - start) / span) * CELL.width
  const y = (step: number) => MARGIN.top + (highest - step) * CELL.height
  const [right, bottom] = [Math.max(x(end), MARGIN.left + NARROWEST), y(lowest)]
  const [width, height] = [right + MARGIN.right, bottom + MARGIN.bottom]
  const last = start + ((right - MARGIN.left) / CELL.width) * span
  const times = roundTimes(start, last, (BESIDE / CELL.width) * span)
  const labelled = spaced(
    roundDurations(startOfStep(lowest), startOfStep(highest)).map(nanos => ({
      nanos,
      at: y(placeOf(nanos)),
    })),
  )
  const axis = `calls by when they began and how long they took; the strongest cell has ${counted(most, 'call')}`
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style>`,
    '<rect class="ground" width="100%" height="100%"/>',
    `<text class="title" x="${MARGIN.left}" y="22">${xmlText(title)}</text>`,
    ...labelled.flatMap(({ nanos, at }) => [
      `<line class="rule" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/>`,
      `<text x="${MARGIN.left - 6}" y="${at + 4}" text-anchor="end">${roundText(nanos)}</text>`,
    ]),
    ...times.flatMap(time => [
      `<line class="rule" x1="${x(time)}" x2="${x(time)}" y1="${bottom}" y2="${bottom + 4}"/>`,
      `<text x="${x(time)}" y="${bottom + 18}" text-anchor="middle">${roundText(time)}</text>`,
    ]),
    ...cells.map(cell => {
      const at = `x="${x(cell.fromTime)}" y="${y(cell.step + 1)}" width="${CELL.width}" height="${CELL.height}"`
      return `<rect ${at} fill="${color(cell.calls / most)}"><title>${tip(cell)}</title></rect>`
    }),
    `<text x="${MARGIN.left}" y="${bottom + 38}">${axis}</text>`,
    '</svg>',
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** 1, 2 and 5 times the powers of ten between two durations. */
function roundDurations(from: number, to: number): number[] {
  const rounds: number[] = []
  for (let power = 1; power <= to; power *= 10) rounds.push(power, 2 * power, 5 * power)
  return rounds.filter(nanos => nanos >= from && nanos <= to)
}

/** Times a round interval apart, which is at least so long. */
function roundTimes(from: number, to: number, least: number): number[] {
  const power = 10 ** Math.floor(Math.log10(least))
  const interval = [1, 2, 5, 10].map(each => each * power).find(each => each >= least) as number
  const times: number[] = []
  for (let time = Math.ceil(from / interval) * interval; time <= to; time += interval) {
    times.push(time)
  }
  return times
}

/** Those that leave room for the text of one another, from the bottom up. */
function spaced<T extends { readonly at: number }>(places: readonly T[]): T[] {
  const kept: T[] = []
  for (const place of places) {
    const below = kept.at(-1)
    if (!below || below.at - place.at >= ABOVE) kept.push(place)
  }
  return kept
}

/** `5 us`: round numbers need no decimals. */
function roundText(nanos: number): string {
  return duration(nanos).replace(/\.?0+(?= )/, '')
}

function tip({ fromTime, toTime, step, calls }: HeatCell): string {
  const took = `${duration(startOfStep(step))} to ${duration(startOfStep(step + 1))}`
  return `${counted(calls, 'call')} of ${took}, begun from ${duration(fromTime)} to ${duration(toTime)}`
}

/** From yellow to dark red, on a square root scale, so that single calls are visible. */
function color(share: number): string {
  const heat = Math.sqrt(share)
  const channel = (from: number, to: number) => Math.round(from + (to - from) * heat)
  return `rgb(${channel(255, 176)},${channel(214, 16)},${channel(110, 32)})`
}
