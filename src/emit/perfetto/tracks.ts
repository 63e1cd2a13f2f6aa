import { trackName } from '../../timeline/names.js'
import type { Lane, Track, TrackId } from '../../timeline/sink.js'

const DESCRIPTOR_SEQUENCE = 1
/** The sequence of sections, counters, instants, ftrace events, lost events and facts about the trace. */
export const OTHER_SEQUENCE = 2

const MERGE_NONE = 2
const ORDER_EXPLICIT = 3

/** Writes the descriptors of tracks: their names, and the groups they stand in. */
export interface TrackDescriptions {
  /** Returns the uuid of the track, which stays the same when it is defined again. */
  define(id: TrackId, track: Track): number
  uuid(id: TrackId): number | undefined
  /** Returns the uuid of a row below a track for its calls deeper than `depth`. */
  deeper(uuid: number, depth: number): number
  /** Returns the uuid of a row for sections. */
  lane(lane: Lane): number
  /** Returns the uuid of a track's counter. */
  counter(id: TrackId, name: string): number
  /** Returns the uuid of the track that shows the lost events of a cpu. */
  lost(cpu: number): number
  /** Describes the tracks whose task never became known. */
  finish(): void
}

/**
 * A task is a thread of its own process, because a trace does not tell thread groups. All idle tasks have
 * pid 0, so Perfetto could not tell them apart as threads: they are plain tracks in a group, and so are
 * cpus whose tasks are unknown. Perfetto takes the kind of a track from its first descriptor
 * and its name from the last one. So a track is described when its kind is certain.
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
    // Perfetto would take a second thread descriptor of the same pid for another task.
    if (thread !== undefined && thread !== uuid) {
      describe({ uuid, name, parentUuid: thread, siblingMergeBehavior: MERGE_NONE })
      return
    }
    // The process has its own track, which stays empty and is not drawn.
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

/** Above the uuids that are counted from 1. */
function processUuid(pid: number): number {
  return 0x1_0000_0000 + pid
}
