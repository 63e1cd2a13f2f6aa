import { functionName } from '../../../timeline/names.js'
import { SECTION, shadeOf } from '../palette.js'
import { type Costs, costsOf } from './costs.js'
import type { Group, Trace } from './data.js'
import type { FlameTree } from './flame-tree.js'
import type { Matches } from './search.js'
import type { Theme } from './theme.js'

/** The subject of the details. */
export type Selection =
  /** A call or a section. */
  | { readonly kind: 'span'; readonly span: number }
  | { readonly kind: 'instant'; readonly instant: number }
  | { readonly kind: 'function'; readonly func: number }
  /** What ran between two positions. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'stack'; readonly tree: FlameTree; readonly node: number }

export type TabName = 'timeline' | 'flame' | 'functions'

/** One of the tabs. */
export interface View {
  readonly element: HTMLElement
  /** Draws it again: after it is shown, resized or recoloured, after a search or a selection. */
  refresh(): void
  /** True if it handled the key. */
  key(event: KeyboardEvent): boolean
  /** Brings the selection into view. */
  reveal?(selection: Selection): void
}

/** The state that all parts of the page share. */
export interface App {
  readonly trace: Trace
  readonly costs: Costs
  /** Of functions, with their modules. */
  readonly names: readonly string[]
  readonly shades: readonly number[]
  theme: Theme
  matches: Matches | undefined
  selection: Selection | undefined
  select(selection: Selection | undefined, reveal?: { readonly in: TabName }): void
  showTooltip(at: { clientX: number; clientY: number } | undefined, lines: readonly string[]): void
  /** Keeps what is shown in the page's address. */
  remember(): void
}

export type Model = Pick<App, 'trace' | 'costs' | 'names' | 'shades'>

export function modelOf(trace: Trace): Model {
  return {
    trace,
    costs: costsOf(trace),
    names: trace.functions.map(functionName),
    shades: trace.functions.map(shadeOf),
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
