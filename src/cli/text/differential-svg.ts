/**
 * A differential flame graph (brendangregg.com/blog/2014-11-09/differential-flame-graphs.html):
 * widths are times in the second trace, and the colour shows how the self time of a frame has
 * changed, from blue for less to red for more. Stacks that are gone have no width; the subtitle
 * tells their time.
 */
import type { DifferentialStack } from '../../analyze/differential-stacks.js'
import { ByteWriter } from '../../base/byte-writer.js'
import type { Shade } from '../../emit/browser/palette.js'
import { type Frame, writeFlamegraph } from '../../emit/flamegraph/flamegraph.js'
import type { Nanos } from '../../timeline/sink.js'
import { changeText, shareText } from './change.js'
import { duration } from './units.js'

/** Shades of red, and of blue. */
const STEPS = 6
const NONE = STEPS
/** Frames with a smaller share of the whole are narrower than a tenth of a pixel, and left out. */
const LEAST = 1e-4

/** From less to more: blues, grey, reds. */
const palette: readonly Shade[] = [
  ...shadesOf(214).reverse(),
  { light: '#e4e1da', dark: '#34353a' },
  ...shadesOf(6),
]

export function differentialSvg(title: string, root: DifferentialStack): string {
  const decoder = new TextDecoder()
  let text = ''
  const writer = new ByteWriter(block => {
    text += decoder.decode(block, { stream: true })
  })
  const most = largestChange(root)
  const frames: Frame[] = []
  const least = root.after.total * LEAST
  let gone = 0
  const add = (stack: DifferentialStack, at: Nanos, depth: number) => {
    const { name, before, after, next } = stack
    if (after.total === 0) gone += before.total
    if (depth > 0 && after.total <= least) return
    frames.push({
      name: depth === 0 ? 'all' : name,
      shade: shadeOf(after.self - before.self, most),
      depth,
      at,
      ...after,
      notes: [
        changeNote('before', before.total, after.total),
        changeNote('self before', before.self, after.self),
      ],
    })
    let place = at
    for (const callee of next) {
      add(callee, place, depth + 1)
      place += callee.after.total
    }
  }
  add(root, 0, 0)
  const { before, after } = root
  const info = [
    `${duration(after.total)} after, ${duration(before.total)} before`,
    'red takes more time itself, blue less',
    ...(gone > 0 ? [`gone: ${duration(gone)}`] : []),
  ]
  writeFlamegraph(writer, frames, title, info.join(' · '), palette)
  writer.flush()
  return text
}

function largestChange({ before, after, next }: DifferentialStack): Nanos {
  return next.reduce(
    (most, stack) => Math.max(most, largestChange(stack)),
    Math.abs(after.self - before.self),
  )
}

/** Square root scale, so that small changes are visible beside large ones. */
function shadeOf(change: Nanos, most: Nanos): number {
  if (change === 0) return NONE
  const step = Math.max(Math.ceil(Math.sqrt(Math.abs(change) / most) * STEPS), 1)
  return NONE + Math.sign(change) * step
}

function shadesOf(hue: number): Shade[] {
  return Array.from({ length: STEPS }, (_, index) => {
    const strength = (index + 1) / STEPS
    return {
      light: `hsl(${hue},${Math.round(60 + 30 * strength)}%,${Math.round(93 - 23 * strength)}%)`,
      dark: `hsl(${hue},${Math.round(25 + 40 * strength)}%,${Math.round(22 + 14 * strength)}%)`,
    }
  })
}

/** `before 12.000 us, +3.000 us, +25.0%` */
function changeNote(label: string, from: Nanos, to: Nanos): string {
  const share = from === 0 || from === to ? '' : `, ${shareText((to - from) / from)}`
  return `${label} ${duration(from)}, ${changeText(to - from, false).trim()}${share}`
}
