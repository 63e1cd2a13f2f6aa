/** Each rule of `TimelineSink` is broken once. */
import { expect, test } from 'vitest'
import { checked } from '../../src/timeline/checked.js'
import {
  type CallEvents,
  type Lane,
  type TimelineSink,
  type TraceFacts,
  UNMEASURED,
  UNNAMED,
} from '../../src/timeline/sink.js'
import { forwarding, ignored } from '../../src/timeline/sinks/index.js'

const FOO = 1
const BAR = 2
const NOBODY = { pid: undefined, comm: '', cpu: 0 }
const markers: Lane = { kind: 'markers', name: 'markers', owner: { track: 0 } }
const notes = { arguments: [], caller: 'bar+0x1/0x2', returned: undefined }
const facts: TraceFacts = {
  dialect: 'kernel',
  columns: [],
  clock: 'timestamps',
  origin: '',
  span: 0,
  lostEvents: 0,
}

const unstarted: Record<string, (sink: TimelineSink) => void> = {
  'function 1 is defined before start': sink =>
    sink.defineFunction(FOO, { name: 'foo', module: '' }),
  'track 0 is defined before start': sink => sink.defineTrack(0, NOBODY),
  'lost before start': sink => sink.lost(0, 0, 1),
  'finish without start': sink => sink.finish(facts),
}

const broken: Record<string, (sink: TimelineSink) => void> = {
  'start twice': sink => sink.start(facts),
  'function 1 is defined twice': sink => sink.defineFunction(FOO, { name: 'foo', module: '' }),
  'function 0 is defined twice': sink => sink.defineFunction(UNNAMED, { name: '?', module: '' }),
  'begin on track 7, which is not defined': sink => sink.begin(7, FOO, 0),
  'end on track 7, which is not defined': sink => sink.end(7, FOO, 0, 0),
  'migrate on track 7, which is not defined': sink => sink.migrate(7, 1, 0),
  'instant on track 7, which is not defined': sink => sink.instant(7, 0, 'marker', ''),
  'begin of function 9, which is not defined': sink => sink.begin(0, 9, 0),
  'end of function 9, which is not defined': sink => {
    sink.begin(0, UNNAMED, 0)
    sink.end(0, 9, 1, 1)
  },
  'begin on track 0 at 0.5, which is no integer': sink => sink.begin(0, FOO, 0.5),
  'begin on track 0 at Infinity, which is no integer': sink =>
    sink.begin(0, FOO, Number.POSITIVE_INFINITY),
  'begin on track 0 at 4, after something at 5': sink => {
    sink.instant(0, 5, 'marker', '')
    sink.begin(0, FOO, 4)
  },
  'end on track 0 at 4, after something at 5': sink => {
    sink.begin(0, FOO, 5)
    sink.end(0, FOO, 4, 0)
  },
  'migrate on track 0 at 4, after something at 5': sink => {
    sink.begin(0, FOO, 5)
    sink.migrate(0, 1, 4)
  },
  'instant on track 0 at 4, after something at 5': sink => {
    sink.migrate(0, 1, 5)
    sink.instant(0, 4, 'marker', '')
  },
  'begin on track 0 at -1, after something at 0': sink => sink.begin(0, FOO, -1),
  'end on track 0 at 3, where no call is open': sink => sink.end(0, FOO, 3, 0),
  'end of function 2 at 6, while function 1 was open': sink => {
    sink.begin(0, FOO, 5)
    sink.end(0, BAR, 6, 1)
  },
  'end of function 0 at 6, while function 1 was open': sink => {
    sink.begin(0, FOO, 5)
    sink.end(0, UNNAMED, 6, UNMEASURED)
  },
  'end with a duration of -2': sink => {
    sink.begin(0, FOO, 5)
    sink.end(0, FOO, 6, -2)
  },
  'end with a duration of 1.5': sink => {
    sink.begin(0, FOO, 5)
    sink.end(0, FOO, 6, 1.5)
  },
  'an event on track 0 at 5, where a call without a name begins': sink => {
    sink.begin(0, UNNAMED, 5)
    sink.begin(0, FOO, 5)
  },
  'an event on track 1 at 5, where a call without a name begins': sink => {
    sink.begin(1, UNNAMED, 5)
    sink.instant(1, 5, 'marker', '')
  },
  'an event on track 0 at 6, where a call without a name begins': sink => {
    sink.begin(0, UNNAMED, 6)
    sink.migrate(0, 1, 6)
  },
  'an event on track 1 at 6, where a call without a name begins': sink => {
    sink.begin(1, UNNAMED, 6)
    sink.count(1, 6, 'fps', 60)
  },
  'function 4 is defined after 2': sink => sink.defineFunction(4, { name: 'foo', module: '' }),
  'track 3 is defined after 1': sink => sink.defineTrack(3, NOBODY),
  'lane 2 is defined after 0': sink => sink.defineLane(2, markers),
  'lane 0 is defined twice': sink => sink.defineLane(0, markers),
  'lane 1 of track 7, which is not defined': sink => {
    sink.defineLane(1, { ...markers, owner: { track: 7 } })
  },
  'beginSection on lane 7, which is not defined': sink => sink.beginSection(7, 0, 'draw'),
  'endSection on lane 0 at 4, after something at 5': sink => {
    sink.beginSection(0, 5, 'draw')
    sink.endSection(0, 4)
  },
  'endSection on lane 0 at 5, where none is open': sink => sink.endSection(0, 5),
  '1 sections are open on lane 0 at the end': sink => {
    sink.beginSection(0, 5, 'draw')
    sink.finish(facts)
  },
  'count on track 7, which is not defined': sink => sink.count(7, 0, 'fps', 60),
  'count of NaN': sink => sink.count(0, 0, 'fps', Number.NaN),
  'begin on track 0 after finish': sink => {
    sink.finish(facts)
    sink.begin(0, FOO, 0)
  },
  'migrate on track 0 after finish': sink => {
    sink.finish(facts)
    sink.migrate(0, 0, 0)
  },
  'instant on track 0 after finish': sink => {
    sink.finish(facts)
    sink.instant(0, 0, 'marker', '')
  },
  'lost after finish': sink => {
    sink.finish(facts)
    sink.lost(0, 0, 1)
  },
  'finish twice': sink => {
    sink.finish(facts)
    sink.finish(facts)
  },
  '2 calls are open on track 0 at the end': sink => {
    sink.begin(0, FOO, 0)
    sink.begin(0, BAR, 0)
    sink.finish(facts)
  },
}

test.each(Object.entries(unstarted))('%s', (message, breakIt) => {
  expect(() => breakIt(checked(ignored))).toThrow(new Error(`broken timeline: ${message}`))
})

test.each(Object.entries(broken))('%s', (message, breakIt) => {
  const sink = opened(ignored)
  expect(() => breakIt(sink)).toThrow(new Error(`broken timeline: ${message}`))
})

test.each(Object.entries(broken))('%s, in columns', (message, breakIt) => {
  const sink = inColumns(opened(ignored))
  expect(() => breakIt(sink)).toThrow(new Error(`broken timeline: ${message}`))
})

test.each([
  ['event of kind 2 on track 1', columnsOf([6, FOO, 5, 0]), 0, 1],
  ['events 0 up to 2 of columns for 1', columnsOf([0, FOO, 5, 0]), 0, 2],
  ['events 1 up to 1 of columns for 1', columnsOf([0, FOO, 5, 0]), 1, 1],
])('%s', (message, columns, from, to) => {
  const sink = opened(ignored)
  expect(() => sink.callEvents?.(columns, from, to)).toThrow(
    new Error(`broken timeline: ${message}`),
  )
})

test('columns are passed on as columns, or one by one where a sink takes none', () => {
  const events = columnsOf([4, BAR, 5, 0], [0, FOO, 6, 0], [4, BAR, 7, 0], [5, BAR, 9, 4])
  const received: unknown[][] = []
  const sink = opened(writtenDown(received))
  received.length = 0
  sink.callEvents?.(events, 0, 1)
  sink.callEvents?.(events, 2, 4)
  sink.flush?.()
  expect(received).toEqual([['callEvents', events, 0, 1], ['callEvents', events, 2, 4], ['flush']])

  const singly: unknown[][] = []
  const { begin, end } = writtenDown(singly)
  opened({ ...ignored, begin, end }).callEvents?.(events, 2, 4)
  expect(singly).toEqual([
    ['begin', 1, BAR, 7],
    ['end', 1, BAR, 9, 4],
  ])
})

test('what keeps the contract is passed on as it is', () => {
  const received: unknown[][] = []
  const sink = opened(writtenDown(received))
  received.length = 0
  const story: [keyof TimelineSink, ...unknown[]][] = [
    ['begin', 0, UNNAMED, 5],
    ['end', 0, FOO, 5, 0, notes],
    ['begin', 0, UNNAMED, 5],
    ['begin', 0, UNNAMED, 6],
    ['begin', 1, BAR, 0],
    ['instant', 0, 7, 'marker', 'text', ['inner', 'outer']],
    ['beginSection', 0, 7, 'draw'],
    ['count', 0, 7, 'fps', 60],
    ['endSection', 0, 8],
    ['migrate', 0, 1, 7],
    ['end', 0, UNNAMED, 7, UNMEASURED, undefined],
    ['defineTrack', 0, { pid: 1, comm: 'init', cpu: undefined }],
    ['end', 0, BAR, 8, 100, undefined],
    ['lost', 0, 3, 0],
    ['end', 1, BAR, 9, UNMEASURED, undefined],
    ['finish', facts],
  ]
  for (const [verb, ...args] of story) (sink[verb] as (...args: unknown[]) => void)(...args)
  expect(received).toEqual(story)
})

/** Two functions, two tracks and a lane are defined. */
function opened(receiver: TimelineSink): TimelineSink {
  const sink = checked(receiver)
  sink.start(facts)
  sink.defineFunction(FOO, { name: 'foo', module: '' })
  sink.defineFunction(BAR, { name: 'bar', module: '' })
  sink.defineTrack(0, NOBODY)
  sink.defineTrack(1, NOBODY)
  sink.defineLane(0, markers)
  return sink
}

/** Sends begins and ends as columns of one event. */
function inColumns(sink: TimelineSink): TimelineSink {
  return {
    ...forwarding(sink),
    begin: (track, func, at) => sink.callEvents?.(columnsOf([4 * track, func, at, 0]), 0, 1),
    end: (track, func, at, duration) =>
      sink.callEvents?.(columnsOf([4 * track + 1, func, at, duration]), 0, 1),
  }
}

/** Of each event the two numbers and the two times. */
function columnsOf(...events: [number, number, number, number][]): CallEvents {
  return {
    numbers: Int32Array.from(events.flatMap(event => event.slice(0, 2))),
    times: Float64Array.from(events.flatMap(event => event.slice(2))),
  }
}

function writtenDown(calls: unknown[][]): TimelineSink {
  return new Proxy(ignored, {
    get:
      (_, verb) =>
      (...args: unknown[]) =>
        void calls.push([verb, ...args]),
  })
}
