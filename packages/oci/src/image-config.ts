import { CodedError } from '@berth/stdx'
import { parseDigest, type Digest } from './digest.ts'
import { findBadField } from './image-config-fields.ts'
import type { Platform } from './platform.ts'

/** OCI image specification, config.md; Docker's fields beyond it are kept where its tools show them. */
export interface ImageConfig extends Platform {
  created?: string
  author?: string
  config?: ContainerDefaults
  rootfs: { type: 'layers'; diff_ids: Digest[] }
  history?: HistoryEntry[]
  container?: string
  docker_version?: string
  comment?: string
}

/** `config` of an image: defaults for containers made of it. */
export interface ContainerDefaults {
  User?: string
  ExposedPorts?: Record<string, Record<string, never>>
  Env?: string[]
  Entrypoint?: string[] | null
  Cmd?: string[] | null
  Volumes?: Record<string, Record<string, never>>
  WorkingDir?: string
  Labels?: Record<string, string>
  StopSignal?: string
  Shell?: string[]
  OnBuild?: string[] | null
  Healthcheck?: Healthcheck
  ArgsEscaped?: boolean
}

/** Durations in nanoseconds, as on Docker's wire. */
export interface Healthcheck {
  Test?: string[]
  Interval?: number
  Timeout?: number
  StartPeriod?: number
  StartInterval?: number
  Retries?: number
}

export interface HistoryEntry {
  created?: string
  created_by?: string
  author?: string
  comment?: string
  empty_layer?: boolean
}

/** Parses and checks an image config; throws `invalid-argument`. Unknown fields are dropped: keep the bytes, not this. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const invalid = (state: string) => new CodedError('invalid-argument', `Cannot parse image config: ${state}`)
  let value: ImageConfig
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8')) as ImageConfig
  } catch (error) {
    throw new CodedError('invalid-argument', 'Cannot parse image config: not JSON', { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('not an object')
  const diffIds: unknown = value.rootfs?.diff_ids
  if (!Array.isArray(diffIds) || !diffIds.every((id) => typeof id === 'string'))
    throw invalid('no rootfs.diff_ids')
  if (typeof value.architecture !== 'string' || typeof value.os !== 'string')
    throw invalid('no os or architecture')
  const bad = findBadField({ ...value })
  if (bad !== undefined) throw invalid(`${bad} is not of its type`)
  return { ...value, rootfs: { type: 'layers', diff_ids: diffIds.map(parseDigest) } }
}
