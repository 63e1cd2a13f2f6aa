import { type TimelineSink, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'

/** Integers from 0 to `bound` - 1, the same ones for the same seed. */
export function randomIntegers(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** A timeline with everything that can be odd: recursion, late names, gaps, missing exits, migration. */
export function tellRandom(sink: TimelineSink, seed: number, calls: number): void {
  const random = randomIntegers(seed)
  sink.start({ dialect: '', columns: [], clock: 'timestamps', origin: '' })
  const names = ['a', 'b', 'c', 'd', 'e']
  names.forEach((name, index) => {
    sink.defineFunction(index + 1, { name, module: index % 2 ? 'mod' : '' })
  })
  const open: number[][] = [[], [], []]
  open.forEach((_, track) => {
    sink.defineTrack(track, { pid: track + 1, comm: 'task', cpu: undefined })
  })
  let at = 0
  const end = (track: number) => {
    const func = open[track]?.pop() as number
    const named = func === UNNAMED && random(2) ? 1 + random(names.length) : func
    const isMeasured = named !== UNNAMED && random(5) > 0
    sink.end(track, named, ++at, isMeasured ? random(10 ** (1 + random(10))) : UNMEASURED)
  }
  for (let left = calls; left > 0; ) {
    const track = random(open.length)
    const depth = open[track]?.length
    if (random(20) === 0) {
      sink.migrate(track, random(2), ++at)
    } else if (depth > 0 && random(12) < depth) {
      end(track)
    } else {
      const func = random(8) === 0 ? UNNAMED : 1 + random(names.length)
      open[track]?.push(func)
      sink.begin(track, func, ++at)
      left--
    }
  }
  open.forEach((stack, track) => {
    while (stack.length > 0) end(track)
  })
}
