import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import { inclusive } from './folded.js'
import type { FunctionTotals } from './perfetto.js'

/** A profile with its indices resolved. */
export interface DecodedProfile {
  readonly sampleTypes: readonly string[]
  readonly defaultSampleType: string
  readonly periodType: string
  readonly period: number
  readonly durationNanos: number
  readonly timeNanos: number
  readonly docUrl: string
  readonly comments: readonly string[]
  readonly mappings: readonly { id: number; start: string; file: string }[]
  readonly functions: readonly { id: number; name: string; systemName: string; mapping: number }[]
  readonly samples: readonly DecodedSample[]
}

export interface DecodedSample {
  /** Names, leaf first. */
  readonly stack: readonly string[]
  readonly values: readonly number[]
  /** Values in the order of the file; numbers stand with their unit, such as `0 cpu`. */
  readonly labels: Readonly<Record<string, string>>
}

/** Reads a gzipped profile, and throws where pprof, Parca or Pyroscope would not accept it. */
export function decodePprof(file: Uint8Array): DecodedProfile {
  const profile = Profile.toObject(Profile.decode(gunzipSync(file)), {
    longs: String,
    arrays: true,
    defaults: true,
  }) as RawProfile
  const strings = profile.stringTable
  if (strings[0] !== '') throw new Error(`string 0 is '${strings[0]}', not empty`)
  const text = (index: string): string => {
    const found = strings[Number(index)]
    if (found === undefined) throw new Error(`no string ${index}`)
    return found
  }
  expectDense('mapping', profile.mapping)
  expectDense('location', profile.location)
  expectDense('function', profile.function)
  const functions = profile.function.map((func, index) => ({
    id: Number(func.id),
    name: text(func.name),
    systemName: text(func.systemName),
    mapping: Number(profile.location[index]?.mappingId),
  }))
  const frame = (locationId: string): string => {
    const location = profile.location[Number(locationId) - 1]
    const func = functions[Number(location?.line[0]?.functionId) - 1]
    if (!func) throw new Error(`no function at location ${locationId}`)
    return func.name
  }
  return {
    sampleTypes: profile.sampleType.map(type => `${text(type.type)}/${text(type.unit)}`),
    defaultSampleType: text(profile.defaultSampleType),
    periodType: `${text(profile.periodType.type)}/${text(profile.periodType.unit)}`,
    period: Number(profile.period),
    durationNanos: Number(profile.durationNanos),
    timeNanos: Number(profile.timeNanos),
    docUrl: text(profile.docUrl),
    comments: profile.comment.map(text),
    mappings: profile.mapping.map(mapping => ({
      id: Number(mapping.id),
      start: `0x${BigInt(mapping.memoryStart).toString(16)}`,
      file: text(mapping.filename),
    })),
    functions,
    samples: profile.sample.map(sample => {
      if (sample.value.length !== profile.sampleType.length) throw new Error('values and types')
      return {
        stack: sample.locationId.map(frame),
        values: sample.value.map(exact),
        labels: Object.fromEntries(
          sample.label.map(({ key, str, num, numUnit }) => [
            text(key),
            str === '0' ? `${num} ${text(numUnit)}` : text(str),
          ]),
        ),
      }
    }),
  }
}

/** One line for each fact, mapping and sample; stacks root first, samples sorted. */
export function printPprof(file: Uint8Array): string {
  const profile = decodePprof(file)
  const samples = profile.samples.map(({ stack, values, labels }) => {
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
    return `${stack.toReversed().join(';')} ${values.join(' ')} {${shown.join(', ')}}`
  })
  const lines = [
    `sample types: ${profile.sampleTypes.join(' ')} (${profile.defaultSampleType})`,
    `period: ${profile.period} ${profile.periodType}`,
    `duration: ${profile.durationNanos}`,
    ...profile.comments.map(comment => `# ${comment}`),
    ...profile.mappings.map(({ id, start, file }) => `mapping ${id}: ${start} ${file}`),
    ...samples.sort(),
  ]
  return `${lines.join('\n')}\n`
}

/** Calls and self time of each function, by the name that is shown. */
export function totalsOfPprof(file: Uint8Array): Map<string, FunctionTotals> {
  const totals = new Map<string, FunctionTotals>()
  for (const { stack, values } of decodePprof(file).samples) {
    const name = stack[0]
    const { calls, self } = totals.get(name) ?? { calls: 0, self: 0 }
    totals.set(name, {
      calls: calls + values[0],
      self: self + values[1],
    })
  }
  return totals
}

/** Time of each function with what it calls, as `pprof -cum` has it. */
export function inclusiveOfPprof(file: Uint8Array): Map<string, number> {
  const { samples } = decodePprof(file)
  return inclusive(samples.map(({ stack, values }) => [stack, values[1]]))
}

const Profile = protobuf
  .parse(readFileSync(new URL('../../proto/profile.proto', import.meta.url), 'utf8'))
  .root.lookupType('perftools.profiles.Profile')

interface RawProfile {
  readonly sampleType: readonly RawType[]
  readonly sample: readonly {
    locationId: string[]
    value: string[]
    label: { key: string; str: string; num: string; numUnit: string }[]
  }[]
  readonly mapping: readonly { id: string; memoryStart: string; filename: string }[]
  readonly location: readonly {
    id: string
    mappingId: string
    line: { functionId: string }[]
  }[]
  readonly function: readonly { id: string; name: string; systemName: string }[]
  readonly stringTable: readonly string[]
  readonly timeNanos: string
  readonly durationNanos: string
  readonly periodType: RawType
  readonly period: string
  readonly comment: readonly string[]
  readonly defaultSampleType: string
  readonly docUrl: string
}

interface RawType {
  readonly type: string
  readonly unit: string
}

function expectDense(what: string, table: readonly { id: string }[]): void {
  table.forEach(({ id }, index) => {
    if (Number(id) !== index + 1) throw new Error(`${what} ${index + 1} has id ${id}`)
  })
}

function exact(digits: string): number {
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw new Error(`${digits} is not exact as a number`)
  return value
}
