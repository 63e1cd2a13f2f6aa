/**
 * A heat map as SVG 1.1: time to the right, durations upwards on a logarithmic scale, darker cells
 * for more calls. Each cell has a <title>, which browsers show under the pointer.
 */
import { type HeatCell, startOfStep } from '../../analyze/heat-map.js'
import { xmlText } from '../../base/xml.js'
import { counted, duration } from './units.js'

const CELL = { width: 4, height: 6 }
const MARGIN = { left: 90, top: 40, right: 30, bottom: 50 }
/** The distance of labels: in steps of duration, and in pixels of time. */
const LABEL_STEPS = 8
const LABEL_PIXELS = 160

export function heatMapSvg(title: string, cells: readonly HeatCell[]): string {
  const steps = cells.map(({ step }) => step)
  const [lowest, highest] = [Math.min(...steps), Math.max(...steps) + 1]
  const start = Math.min(...cells.map(({ fromTime }) => fromTime))
  const end = Math.max(...cells.map(({ toTime }) => toTime))
  const span = cells[0].toTime - cells[0].fromTime
  const most = Math.max(...cells.map(({ calls }) => calls))
  const x = (time: number) => MARGIN.left + ((time - start) / span) * CELL.width
  const y = (step: number) => MARGIN.top + (highest - step) * CELL.height
  const [right, bottom] = [Math.max(x(end), MARGIN.left + LABEL_PIXELS), y(lowest)]
  const [width, height] = [right + MARGIN.right, bottom + MARGIN.bottom]
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="22" font-size="14">${xmlText(title)}</text>`,
  ]
  for (const cell of cells) {
    const at = `x="${x(cell.fromTime)}" y="${y(cell.step + 1)}" width="${CELL.width}" height="${CELL.height}"`
    lines.push(`<rect ${at} fill="${color(cell.calls / most)}"><title>${tip(cell)}</title></rect>`)
  }
  for (
    let step = Math.ceil(lowest / LABEL_STEPS) * LABEL_STEPS;
    step <= highest;
    step += LABEL_STEPS
  ) {
    const line = `<line x1="${MARGIN.left}" x2="${right}" y1="${y(step)}" y2="${y(step)}" stroke="#ddd"/>`
    const label = `<text x="${MARGIN.left - 6}" y="${y(step) + 4}" text-anchor="end">${duration(startOfStep(step))}</text>`
    lines.push(line, label)
  }
  for (let at = MARGIN.left; at <= right; at += LABEL_PIXELS) {
    const time = start + ((at - MARGIN.left) / CELL.width) * span
    lines.push(`<text x="${at}" y="${bottom + 18}">${duration(time)}</text>`)
  }
  const axis = `calls by when they began and how long they took; the darkest cell has ${counted(most, 'call')}`
  lines.push(`<text x="${MARGIN.left}" y="${bottom + 38}">${axis}</text>`, '</svg>')
  return lines.map(line => `${line}\n`).join('')
}

function tip({ fromTime, toTime, step, calls }: HeatCell): string {
  const took = `${duration(startOfStep(step))} to ${duration(startOfStep(step + 1))}`
  return `${counted(calls, 'call')} of ${took}, begun from ${duration(fromTime)} to ${duration(toTime)}`
}

/** From light yellow to dark red, on a square root scale, so that single calls are visible. */
function color(share: number): string {
  const heat = Math.sqrt(share)
  const channel = (from: number, to: number) => Math.round(from + (to - from) * heat)
  return `rgb(${channel(255, 128)},${channel(225, 0)},${channel(130, 20)})`
}
