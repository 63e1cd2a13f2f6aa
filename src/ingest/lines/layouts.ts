/** Which columns a trace has, in the one order that the kernel prints them in. */
export interface Layout {
  /** ` 1234.567890 |  ` or, under the latency tracers, `     3750 us |  `. */
  readonly time: 'none' | 'absolute' | 'relative'
  /** ` 0) ` */
  readonly cpu: boolean
  /** `  bash-1234   | ` */
  readonly task: boolean
  /** ` d..1. | ` since 5.1; before that ` d..1`, with the duration right behind it. */
  readonly flags: 'none' | 'cell' | 'glued'
  /** `+ 12.370 us   |  ` */
  readonly duration: boolean
}

/** The columns in the words of the kernel's header. */
export function columnNames(layout: Layout): string[] {
  const names: string[] = []
  if (layout.time === 'absolute') names.push('TIME')
  if (layout.time === 'relative') names.push('REL TIME')
  if (layout.cpu) names.push('CPU')
  if (layout.task) names.push('TASK/PID')
  if (layout.flags !== 'none') names.push('FLAGS')
  if (layout.duration) names.push('DURATION')
  return names
}

/**
 * Every layout there is, those with the most columns first. Old flags right in front of a function
 * are left out: nothing tells the flags from the function's name.
 */
export const layouts: readonly Layout[] = combinations()
  .filter(({ flags, duration }) => flags !== 'glued' || duration)
  .sort((a, b) => columnNames(b).length - columnNames(a).length)

function combinations(): Layout[] {
  const both = [true, false]
  return (['absolute', 'relative', 'none'] as const).flatMap(time =>
    both.flatMap(cpu =>
      both.flatMap(task =>
        (['cell', 'glued', 'none'] as const).flatMap(flags =>
          both.map(duration => ({ time, cpu, task, flags, duration })),
        ),
      ),
    ),
  )
}

/**
 * The columns that a header line promises, such as
 *
 *     # CPU  TASK/PID         DURATION                  FUNCTION CALLS
 *
 * Its columns do not stand above the data, and it may be incomplete: a hint, no more.
 */
export function layoutOfHeader(text: string): Layout | undefined {
  if (!text.startsWith('#') || !text.includes('FUNCTION CALLS')) return undefined
  return {
    time: text.includes('REL TIME') ? 'relative' : text.includes('TIME') ? 'absolute' : 'none',
    cpu: text.includes('CPU'),
    task: text.includes('TASK/PID'),
    flags: text.includes('||||') ? 'cell' : 'none',
    duration: text.includes('DURATION'),
  }
}
