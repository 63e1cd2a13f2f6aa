import { trackName } from '../../timeline/names.js'
import type { Lane, Track, TrackId } from '../../timeline/sink.js'

const DESCRIPTOR_SEQUENCE = 1
/** The packets of what is no call: sections, counters, lost events, facts about the whole trace. */
export const OTHER_SEQUENCE = 2

const MERGE_NONE = 2
const ORDER_EXPLICIT = 3

/** Says how tracks are called and where they stand. */
export interface TrackDescriptions {
  /** Returns the uuid of the track, at once and for good. */
  define(id: TrackId, track: Track): number
  uuid(id: TrackId): number | undefined
  /** Returns the uuid of another row for the calls of a track: for those deeper than that. */
  deeper(uuid: number, depth: number): number
  /** Returns the uuid of a row for sections. */
  lane(lane: Lane): number
  /** The uuid of a track's counter. */
  counter(id: TrackId, name: string): number
  /** The uuid of the track where the lost events of a cpu are shown. */
  lost(cpu: number): number
  /** Nothing will be named any more. */
  finish(): void
}

/**
 * A task is a thread of its own process, since a trace has no thread groups. All idle tasks have
 * pid 0, which Perfetto cannot keep apart as threads: they are plain tracks in a group, and so is
 * whatever a cpu runs without a name. Perfetto keeps the kind of a track from its first descriptor
 * and its name from the last: a track is not described before its kind is known for certain.
 */
export function describeTracks(write: (packet: object) => void): TrackDescriptions {
  let lastUuid = 0
  const described: { uuid: number; track: Track; shown: string | undefined }[] = []
  const groups = new Map<string, number>()
  const lostTracks = new Map<number, number>()
  const counters = new Map<string, number>()
  /** The track that is the thread of this pid. */
  const threads = new Map<number, number>()

  function describe(descriptor: object): void {
    write({ trustedPacketSequenceId: DESCRIPTOR_SEQUENCE, trackDescriptor: descriptor })
  }

  function group(name: string): number {
    const known = groups.get(name)
    if (known !== undefined) return known
    const uuid = ++lastUuid
    groups.set(name, uuid)
    describe({ uuid, name, childOrdering: ORDER_EXPLICIT, siblingMergeBehavior: MERGE_NONE })
    return uuid
  }

  function describeInGroup(uuid: number, groupName: string, name: string, rank: number): void {
    describe({
      uuid,
      name,
      parentUuid: group(groupName),
      siblingOrderRank: rank,
      siblingMergeBehavior: MERGE_NONE,
    })
  }

  function describeTask(uuid: number, pid: number, name: string): void {
    const thread = threads.get(pid)
    // Perfetto would take a second thread of the same pid for another task.
    if (thread !== undefined && thread !== uuid) {
      describe({ uuid, name, parentUuid: thread, siblingMergeBehavior: MERGE_NONE })
      return
    }
    // The process comes with a track of its own, which stays empty and unseen.
    threads.set(pid, uuid)
    describe({ uuid: processUuid(pid), process: { pid, processName: name } })
    describe({ uuid, thread: { pid, tid: pid, threadName: name } })
  }

  return {
    define(id, track) {
      const entry = described[id] ?? { uuid: ++lastUuid, track, shown: undefined }
      described[id] = entry
      entry.track = track
      if (track.pid === undefined) return entry.uuid
      const name = track.pid === 0 ? trackName(track) : track.comm || `${track.pid}`
      if (name === entry.shown) return entry.uuid
      entry.shown = name
      if (track.pid === 0) describeInGroup(entry.uuid, 'Idle', name, track.cpu ?? 0)
      else describeTask(entry.uuid, track.pid, name)
      return entry.uuid
    },

    uuid: id => described[id]?.uuid,

    deeper(parentUuid, depth) {
      const uuid = ++lastUuid
      const name = `calls deeper than ${depth}`
      describe({ uuid, name, parentUuid, siblingMergeBehavior: MERGE_NONE })
      return uuid
    },

    lane({ name, owner }) {
      const uuid = ++lastUuid
      if ('cpu' in owner) {
        describeInGroup(uuid, 'CPU activity', name, owner.cpu)
      } else {
        const parentUuid = described[owner.track]?.uuid
        describe({ uuid, name, parentUuid, siblingMergeBehavior: MERGE_NONE })
      }
      return uuid
    },

    counter(id, name) {
      const key = `${id} ${name}`
      const known = counters.get(key)
      if (known !== undefined) return known
      const uuid = ++lastUuid
      counters.set(key, uuid)
      const parentUuid = described[id]?.uuid
      describe({ uuid, name, parentUuid, counter: {}, siblingMergeBehavior: MERGE_NONE })
      return uuid
    },

    lost(cpu) {
      const known = lostTracks.get(cpu)
      if (known !== undefined) return known
      const uuid = ++lastUuid
      lostTracks.set(cpu, uuid)
      describeInGroup(uuid, 'Lost events', `Lost events CPU ${cpu}`, cpu)
      return uuid
    },

    finish() {
      for (const { uuid, track } of described) {
        if (track.pid !== undefined) continue
        describeInGroup(uuid, 'CPUs', trackName(track), track.cpu ?? 0)
      }
    },
  }
}

/** Far from the uuids that are counted up. */
function processUuid(pid: number): number {
  return 0x1_0000_0000 + pid
}
