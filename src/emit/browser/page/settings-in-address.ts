import type { App } from './app.js'
import { type RowList, type RowOrder, rowOrders } from './row-list.js'

/** Writes what the user has set beside the selection: only what is not as it was at first. */
export function settingsInto(state: URLSearchParams, app: App, rows: RowList): void {
  const { settings, marks, trace } = app
  if (settings.sleep) state.set('sleep', 'shown')
  if (settings.hues) state.set('colours', 'functions')
  if (marks.length > 0) state.set('marks', marks.join(','))
  if (rows.filter !== '') state.set('rows', rows.filter)
  if (rows.order !== 'busy' && rows.order !== 'own') state.set('order', rows.order)
  for (const index of rows.pinned) state.append('pin', trace.groups[index].name)
}

/** Reads the same. The marks come back; the rest goes to where it belongs. */
export function settingsFrom(state: URLSearchParams, app: App, rows: RowList): void {
  app.set({ sleep: state.get('sleep') === 'shown', hues: state.get('colours') === 'functions' })
  const marks = (state.get('marks') ?? '').split(',').filter(Boolean).map(Number)
  app.mark(marks.filter(Number.isFinite).sort((a, b) => a - b))
  rows.filter = state.get('rows') ?? ''
  const order = state.get('order') ?? 'busy'
  if (order in rowOrders) rows.order = order as RowOrder
  const names = app.trace.groups.map(({ name }) => name)
  rows.pinned = state.getAll('pin').flatMap(name => {
    const index = names.indexOf(name)
    return index < 0 ? [] : [index]
  })
}
