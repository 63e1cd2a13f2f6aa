import { functionName } from '../../../timeline/names.js'
import { FIRST_HUE, hueOf, SECTION, SLEEP, shadeOf } from '../palette.js'
import { awakeDurations } from './awake.js'
import { type Costs, costsOf } from './costs.js'
import type { Group, Trace } from './data.js'
import type { FlameTree } from './flame-tree.js'
import { failedCalls } from './notes.js'
import type { Matches } from './search.js'
import type { Theme } from './theme.js'
import { type WakeUp, wakeUpsOf } from './wake-ups.js'

/** The subject of the details. */
export type Selection =
  /** A call or a section. */
  | { readonly kind: 'span'; readonly span: number }
  | { readonly kind: 'instant'; readonly instant: number }
  | { readonly kind: 'function'; readonly func: number }
  /** What ran between two positions: on the track of one group, or on all. */
  | {
      readonly kind: 'range'
      readonly from: number
      readonly to: number
      readonly group?: number | undefined
    }
  /** All calls that returned an error. */
  | { readonly kind: 'failures' }
  /** A mark of the user. */
  | { readonly kind: 'mark'; readonly at: number }
  | { readonly kind: 'stack'; readonly tree: FlameTree; readonly node: number }

export type TabName = 'timeline' | 'flame' | 'functions'

/** One of the tabs. */
export interface View {
  readonly element: HTMLElement
  /** Draws it again: after it is shown, resized or recoloured, after a search, a selection or another setting. */
  refresh(): void
  /** True if it handled the key. */
  key(event: KeyboardEvent): boolean
  /** Brings the selection into view. */
  reveal?(selection: Selection): void
}

/** What the user has set for all parts of the page. */
export interface Settings {
  /** Whether time asleep and idle cpus count. */
  readonly sleep: boolean
  /** Whether each function has a hue of its own. */
  readonly hues: boolean
}

/** What all parts of the page share. */
export type App = Model & State

/** What the user has chosen, and how to choose. */
export interface State {
  theme: Theme
  matches: Matches | undefined
  selection: Selection | undefined
  /** Aborts when the page is closed. */
  readonly signal: AbortSignal
  /** Positions that the user has marked, in order. */
  marks: readonly number[]
  select(selection: Selection | undefined, reveal?: { readonly in: TabName }): void
  set(settings: Partial<Settings>): void
  mark(marks: readonly number[]): void
  showTooltip(at: { clientX: number; clientY: number } | undefined, lines: readonly string[]): void
  /** Keeps what is shown in the page's address. */
  remember(): void
}

/** A trace with its costs and its colours, as the settings want them. */
export class Model {
  readonly trace: Trace
  /** The trace that it is compared with: the one before. */
  readonly before: Model | undefined
  /** Of functions, with their modules. */
  readonly names: readonly string[]
  /** The calls that returned an error. */
  readonly failures: ReadonlySet<number>
  readonly #awake: ReturnType<typeof awakeDurations>
  readonly #costs: { awake?: Costs; all?: Costs } = {}
  readonly #shades: Readonly<Record<'kind' | 'hue', readonly number[]>>
  #wakeUps: readonly WakeUp[] | undefined
  settings: Settings = { sleep: false, hues: false }

  constructor(trace: Trace, before?: Trace) {
    this.trace = trace
    this.before = before && new Model(before)
    this.names = trace.functions.map(functionName)
    this.failures = new Set(failedCalls(trace))
    this.#awake = awakeDurations(trace)
    const kind = trace.functions.map(shadeOf)
    const hue = trace.functions.map((func, index) =>
      kind[index] === SLEEP ? SLEEP : FIRST_HUE + hueOf(func),
    )
    this.#shades = { kind, hue }
  }

  /** The same object until the settings change. */
  get costs(): Costs {
    const { trace } = this
    if (this.settings.sleep) {
      this.#costs.all ??= costsOf(trace, trace.spans.durations)
      return this.#costs.all
    }
    this.#costs.awake ??= costsOf(trace, this.#awake.durations)
    return this.#costs.awake
  }

  get wakeUps(): readonly WakeUp[] {
    this.#wakeUps ??= wakeUpsOf(this.trace)
    return this.#wakeUps
  }

  /** Nanoseconds asleep or idle, which count only if the settings want it. */
  get asleep(): number {
    const { asleep, idle } = this.#awake.leftOut
    return asleep + idle
  }

  /** By function: places in `pageShades`. */
  get shades(): readonly number[] {
    return this.#shades[this.settings.hues ? 'hue' : 'kind']
  }
}

/** The index of the group that a span stands in. */
export function groupOf({ groups }: Trace, span: number): number {
  let low = 0
  let high = groups.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (groups[middle].last > span) high = middle
    else low = middle + 1
  }
  return low
}

export function spanName({ trace, names }: Model, { kind }: Group, span: number): string {
  const name = trace.spans.names[span]
  return kind === 'calls' ? names[name] : trace.texts[name]
}

export function spanShade({ trace, shades }: Model, { kind }: Group, span: number): number {
  return kind === 'calls' ? shades[trace.spans.names[span]] : SECTION
}
