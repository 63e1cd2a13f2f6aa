/**
 * A differential flame graph (brendangregg.com/blog/2014-11-09/differential-flame-graphs.html):
 * widths are times in the second trace, and the colour shows how the self time of a frame has
 * changed, from blue for less to red for more. Stacks that are gone have no width; the subtitle
 * tells their time.
 */
import type { DifferentialStack } from '../../analyze/differential-stacks.js'
import { ByteWriter } from '../../base/byte-writer.js'
import { changeShadeOf, changeShades } from '../../emit/browser/palette.js'
import { type Frame, writeFlamegraph } from '../../emit/flamegraph/flamegraph.js'
import type { Nanos } from '../../timeline/sink.js'
import { changeText, shareText } from './change.js'
import { duration } from './units.js'

/** Frames with a smaller share of the whole are narrower than a tenth of a pixel, and left out. */
const LEAST = 1e-4

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
      shade: changeShadeOf(after.self - before.self, most),
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
  writeFlamegraph(writer, frames, title, info.join(' · '), changeShades)
  writer.flush()
  return text
}

function largestChange({ before, after, next }: DifferentialStack): Nanos {
  return next.reduce(
    (most, stack) => Math.max(most, largestChange(stack)),
    Math.abs(after.self - before.self),
  )
}

/** `before 12.000 us, +3.000 us, +25.0%` */
function changeNote(label: string, from: Nanos, to: Nanos): string {
  const share = from === 0 || from === to ? '' : `, ${shareText((to - from) / from)}`
  return `${label} ${duration(from)}, ${changeText(to - from, false).trim()}${share}`
}
