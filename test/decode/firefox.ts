/** A profile with its indices resolved. */
export interface DecodedFirefox {
  readonly meta: Readonly<Record<string, unknown>>
  readonly threads: readonly FirefoxThread[]
}

export interface FirefoxThread {
  readonly name: string
  readonly pid: string
  readonly tid: number
  readonly samples: readonly FirefoxSample[]
  readonly markers: readonly FirefoxMarker[]
}

export interface FirefoxSample {
  /** Nanoseconds. */
  readonly at: number
  /** Nanoseconds. */
  readonly weight: number
  /** Names, root first; empty between calls. */
  readonly stack: readonly string[]
}

export interface FirefoxMarker {
  readonly name: string
  readonly at: number
  /** `undefined` for a moment. */
  readonly end: number | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** Reads a processed profile, and throws where the Firefox Profiler would show nonsense or nothing. */
export function decodeFirefox(file: Uint8Array): DecodedFirefox {
  const { meta, libs, shared, threads } = JSON.parse(new TextDecoder().decode(file)) as RawProfile
  if (meta.preprocessedProfileVersion !== 60) throw new Error('another version')
  const { stackTable, frameTable, funcTable, resourceTable, stringArray } = shared
  for (const table of [stackTable, frameTable, funcTable, resourceTable]) expectColumns(table)
  const at = <T>(list: readonly T[], index: number, what: string): T => {
    const found = list[index]
    if (found === undefined) throw new Error(`no ${what} ${index}`)
    return found
  }
  const names = funcTable.name.map((name, index) => {
    const lib = at(resourceTable.lib, at(funcTable.resource, index, 'resource'), 'lib')
    const { name: module } = at(libs, lib, 'lib')
    const text = at(stringArray, name, 'string')
    return module === 'kernel' ? text : `${text} [${module}]`
  })
  const stacks: string[][] = []
  stackTable.prefix.forEach((prefix, index) => {
    const frame = at(stackTable.frame, index, 'frame')
    const name = at(names, at(frameTable.func, frame, 'func'), 'name')
    // Later entries are not there yet.
    stacks.push([...(prefix === null ? [] : at(stacks, prefix, 'prefix')), name])
  })
  const schemas = new Set(meta.markerSchema.map(({ name }) => name))
  const tids = new Set<number>()
  const decoded = threads.map(({ name, pid, tid, samples, markers }): FirefoxThread => {
    if (tids.has(tid) || pid !== `${tid}`) throw new Error(`tid ${tid} of pid ${pid}`)
    tids.add(tid)
    expectColumns(samples)
    expectColumns(markers)
    if (samples.length === 0) throw new Error('a thread without a sample')
    if (samples.weightType !== 'tracing-ms') throw new Error(samples.weightType)
    return {
      name,
      pid,
      tid,
      samples: samples.stack.map((stack, index) => ({
        at: exactNanos(at(samples.time, index, 'time')),
        weight: exactNanos(at(samples.weight, index, 'weight')),
        stack: stack === null ? [] : at(stacks, stack, 'stack'),
      })),
      markers: markers.name.map((string, index) => {
        const data = at(markers.data, index, 'data')
        if (!schemas.has(data.type)) throw new Error(`no schema ${data.type}`)
        const isInterval = at(markers.phase, index, 'phase') === 1
        return {
          name: at(stringArray, string, 'string'),
          at: exactNanos(at(markers.startTime, index, 'time')),
          end: isInterval ? exactNanos(markers.endTime[index] as number) : undefined,
          data,
        }
      }),
    }
  })
  for (const { samples } of decoded) {
    if (samples.some(({ at }, index) => at < (samples[index - 1]?.at ?? 0))) {
      throw new Error('time goes back')
    }
  }
  return { meta, threads: decoded }
}

/** Measured self time of each function; those without any are left out. */
export function selfOfFirefox(file: Uint8Array): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { samples } of decodeFirefox(file).threads) {
    for (const { stack, weight } of samples) addTo(totals, stack.at(-1), weight)
  }
  return totals
}

/** Self time as the stack chart shows it: from a sample to the next. */
export function placedOfFirefox(file: Uint8Array): Map<string, number> {
  const totals = new Map<string, number>()
  for (const { samples } of decodeFirefox(file).threads) {
    samples.forEach(({ stack, at }, index) => {
      addTo(totals, stack.at(-1), (samples[index + 1]?.at ?? at) - at)
    })
  }
  return totals
}

function addTo(totals: Map<string, number>, name: string | undefined, nanos: number): void {
  if (nanos === 0) return
  if (name !== undefined) totals.set(name, (totals.get(name) ?? 0) + nanos)
}

/** All columns of a table have the length that it says. */
function expectColumns(table: object): void {
  const { length } = table as { length: number }
  for (const [name, column] of Object.entries(table)) {
    if (Array.isArray(column) && column.length !== length) throw new Error(`length of ${name}`)
  }
}

/** Milliseconds of six decimals, as integer nanoseconds. */
function exactNanos(millis: number): number {
  const nanos = Math.round(millis * 1e6)
  if (nanos / 1e6 !== millis) throw new Error(`${millis} ms is no integer of nanoseconds`)
  return nanos
}

interface RawProfile {
  readonly meta: Record<string, unknown> & { markerSchema: readonly { name: string }[] }
  readonly libs: readonly { name: string }[]
  readonly shared: {
    readonly stackTable: { frame: number[]; prefix: (number | null)[]; length: number }
    readonly frameTable: { func: number[]; category: number[]; length: number }
    readonly funcTable: { name: number[]; resource: number[]; length: number }
    readonly resourceTable: { lib: number[]; name: number[]; length: number }
    readonly stringArray: readonly string[]
  }
  readonly threads: readonly {
    name: string
    pid: string
    tid: number
    samples: {
      length: number
      weightType: string
      stack: (number | null)[]
      time: number[]
      weight: number[]
    }
    markers: {
      length: number
      name: number[]
      startTime: number[]
      endTime: (number | null)[]
      phase: number[]
      data: ({ type: string } & Record<string, unknown>)[]
    }
  }[]
}

/** By stack, its functions joined by a blank: the name of its category. */
export function categoriesOfFirefox(file: Uint8Array): Map<string, string> {
  const { meta, shared } = JSON.parse(new TextDecoder().decode(file)) as RawProfile & {
    meta: { categories: { name: string }[] }
  }
  const { stackTable, frameTable, funcTable, stringArray } = shared
  const stacks: string[] = []
  return new Map(
    stackTable.frame.map((frame, index) => {
      const name = stringArray[funcTable.name[frameTable.func[frame]]]
      const prefix = stackTable.prefix[index]
      const stack = prefix === null ? name : `${stacks[prefix]} ${name}`
      stacks.push(stack)
      return [stack, meta.categories[frameTable.category[frame]]?.name ?? '']
    }),
  )
}
