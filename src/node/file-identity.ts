import { type BigIntStats, fstatSync, statSync } from 'node:fs'

/** Equal for two names of one regular file; undefined for anything else, which may be shared. */
export type FileIdentity = string | undefined

export function fileIdentity(stats: BigIntStats): FileIdentity {
  return stats.isFile() ? `${stats.dev}:${stats.ino}` : undefined
}

/** The stats of a path or a descriptor. */
export function statOf(file: string | number): BigIntStats {
  return typeof file === 'number'
    ? fstatSync(file, { bigint: true })
    : statSync(file, { bigint: true })
}
