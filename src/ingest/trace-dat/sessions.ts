import { chosenBuffers } from './buffers.js'
import type { Buffer, Recording } from './recording.js'

/** A trace.dat among others. */
export interface InSession {
  readonly name: string
  readonly recording: Recording
}

/**
 * Puts together what was recorded together: a host and its guests, whose times can be brought to that of the
 * host. Hosts come first.
 */
export function sessionsOf<T extends InSession>(
  recordings: readonly T[],
): readonly (readonly T[])[] {
  const hostOf = (guest: T) =>
    recordings.find(host => host !== guest && isHostOf(host.recording, guest.recording))
  const sessions = recordings.filter(each => !hostOf(each)).map(each => [each])
  for (const guest of recordings) {
    const host = hostOf(guest)
    if (host) sessions.find(session => session.includes(host))?.push(guest)
  }
  return sessions
}

function isHostOf({ options: host }: Recording, { options: guest }: Recording): boolean {
  return host.traceId !== undefined && guest.timeShift?.host === host.traceId
}

/** A buffer that is read, and what keeps its tasks and cpus apart from those of the other machines. */
export interface Part {
  readonly recording: Recording
  readonly buffer: Buffer
  /** The number of its first cpu. */
  readonly firstCpu: number
  /** Added to pids other than 0. */
  readonly firstPid: number
  /** In front of the names of tasks: `guest:`. */
  readonly prefix: string
}

/** A kernel has no higher pid (PID_MAX_LIMIT). */
const PIDS = 5_000_000

/**
 * The buffers to read one after another, each on its own; but the first of a host together with those of its
 * guests, as they have one time.
 */
export function partsOf(
  session: readonly InSession[],
  buffer: string | undefined,
): readonly (readonly [Part, ...Part[]])[] {
  const machines = session.map(({ recording }) => {
    const [first, ...others] = chosenBuffers(recording, buffer)
    return { recording, first, others }
  })
  const together: Part[] = []
  let firstCpu = 0
  for (const [index, { recording, first }] of machines.entries()) {
    if (!first) continue
    const prefix = index === 0 ? '' : `${guestName(session, index)}:`
    together.push({ recording, buffer: first, firstCpu, firstPid: index * PIDS, prefix })
    firstCpu += Math.max(0, ...first.cpus.map(({ cpu }) => cpu + 1))
  }
  const alone = { firstCpu: 0, firstPid: 0, prefix: '' }
  const others = machines.flatMap(({ recording, others }) =>
    others.map((buffer): [Part] => [{ recording, buffer, ...alone }]),
  )
  const [first, ...guests] = together
  return first ? [[first, ...guests], ...others] : others
}

/** The name that the host gives its guest, or that of the file. */
function guestName(session: readonly InSession[], index: number): string {
  const guest = session[index] as InSession
  const { guests } = (session[0] as InSession).recording.options
  return (
    guests.find(({ traceId }) => traceId === guest.recording.options.traceId)?.name || guest.name
  )
}
