import type { Lane, LaneId, LaneKind, Nanos } from '../../timeline/sink.js'
import { BEGIN, END } from './fields.js'
import type { TrackDescriptions } from './tracks.js'

interface SectionRow {
  readonly lane: Lane
  /** Undefined until the first section is drawn: the row is described then. */
  uuid: number | undefined
  /** Of each open section, whether it is drawn. */
  readonly open: boolean[]
}

/** Writes sections as slices, except those that Perfetto draws from ftrace's own events. */
export class Sections {
  /** The cpu of the last instant, if that was written as ftrace's own. */
  nativeCpu: number | undefined
  readonly #tracks: TrackDescriptions
  readonly #write: (at: Nanos, trackEvent: object) => void
  readonly #rows: SectionRow[] = []

  constructor(tracks: TrackDescriptions, write: (at: Nanos, trackEvent: object) => void) {
    this.#tracks = tracks
    this.#write = write
  }

  define(id: LaneId, lane: Lane): void {
    this.#rows[id] = { lane, uuid: undefined, open: [] }
  }

  begin(id: LaneId, at: Nanos, name: string): void {
    const row = this.#rows[id]
    const { kind, owner } = row.lane
    const isDrawn = !('cpu' in owner) || owner.cpu !== this.nativeCpu
    // An event begins one section at most, right after its instant.
    this.nativeCpu = undefined
    row.open.push(isDrawn)
    if (!isDrawn) return
    row.uuid ??= this.#tracks.lane(row.lane)
    this.#write(at, { type: BEGIN, name, categories: [categories[kind]], trackUuid: row.uuid })
  }

  end(id: LaneId, at: Nanos): void {
    const { open, uuid } = this.#rows[id]
    if (open.pop()) this.#write(at, { type: END, trackUuid: uuid })
  }
}

const categories: Readonly<Record<LaneKind, string>> = {
  markers: 'markers',
  async: 'async',
  interrupts: 'irq',
  tasks: 'sched',
}
