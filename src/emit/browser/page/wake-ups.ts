import { readiedTask, schedSwitch } from '../../../timeline/sched-events.js'
import type { Range } from './bars.js'
import type { Trace } from './data.js'
import type { Theme } from './theme.js'

/** A task that another one has made ready, and that runs later. */
export interface WakeUp {
  /** The event that says so, in the group of the task that was running. */
  readonly instant: number
  readonly from: number
  readonly at: number
  /** The group of the task that runs, and from when on. */
  readonly to: number
  readonly runs: number
}

/** From the last event that readied a task to the switch that runs it, in the order of the events. */
export function wakeUpsOf(trace: Trace): WakeUp[] {
  const { instants, texts, groups, tracks } = trace
  const groupOfPid = new Map<number, number>()
  groups.forEach(({ kind, owner }, index) => {
    const pid = kind === 'calls' && 'track' in owner ? tracks[owner.track].pid : undefined
    if (pid) groupOfPid.set(pid, index)
  })
  const wakeUps: WakeUp[] = []
  const readied = new Map<number, number>()
  const inOrder = Int32Array.from({ length: instants.length }, (_, instant) => instant).sort(
    (a, b) => instants.begins[a] - instants.begins[b] || a - b,
  )
  for (const instant of inOrder) {
    const [name, text] = [texts[instants.names[instant]], texts[instants.texts[instant]]]
    if (name === 'sched_switch') {
      const pid = schedSwitch(text)?.next.pid
      const cause = pid === undefined ? undefined : readied.get(pid)
      if (pid === undefined || cause === undefined) continue
      readied.delete(pid)
      const to = groupOfPid.get(pid)
      if (to === undefined) continue
      const [at, runs] = [instants.begins[cause], instants.begins[instant]]
      wakeUps.push({ instant: cause, from: instants.groups[cause], at, to, runs })
    } else {
      const pid = readiedTask(name, text)
      if (pid !== undefined && !readied.has(pid)) readied.set(pid, instant)
    }
  }
  return wakeUps.sort((a, b) => a.at - b.at)
}

/** An arrow from one row to another. */
export function paintArrow(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { from, to, width }: Range,
  { at, runs }: WakeUp,
  fromY: number,
  toY: number,
): void {
  const scale = width / (to - from)
  const [x, endX] = [(at - from) * scale, (runs - from) * scale]
  const bend = Math.max(Math.abs(endX - x) / 2, 12)
  context.strokeStyle = theme.accent
  context.fillStyle = theme.accent
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(x, fromY)
  context.bezierCurveTo(x + bend, fromY, endX - bend, toY, endX - 5, toY)
  context.stroke()
  context.beginPath()
  context.moveTo(endX, toY)
  context.lineTo(endX - 6, toY - 3.5)
  context.lineTo(endX - 6, toY + 3.5)
  context.fill()
}
