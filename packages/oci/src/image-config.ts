import { CodedError } from '@berth/stdx'
import { parseDigest, type Digest } from './digest.ts'
import { findBadConfigField } from './image-config-fields.ts'
import { isListOf, isObject, isText, parseJsonObject, withoutNulls } from './json-object.ts'
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

/**
 * Parses and checks an image config; throws `invalid-argument`. Fields that are null are left out, unknown ones are
 * kept; an image without layers may leave out `diff_ids`.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const value = parseJsonObject(bytes, 'image config')
  const { os, architecture, config, history, rootfs } = value
  const diffIds = isObject(rootfs) ? (rootfs['diff_ids'] ?? []) : undefined
  if (!isTexts(diffIds)) throw invalid('no rootfs.diff_ids')
  if (os === undefined || architecture === undefined) throw invalid('no os or architecture')
  const bad = findBadConfigField(value)
  if (bad !== undefined) throw invalid(`${bad} is not of its type`)
  return {
    ...(value as unknown as ImageConfig),
    ...(isObject(config) ? { config: withoutNulls(config) } : {}),
    ...(Array.isArray(history) ? { history: history.map(withoutNulls) } : {}),
    rootfs: { type: 'layers', diff_ids: diffIds.map(parseDigest) },
  }
}

const isTexts = isListOf(isText) as (value: unknown) => value is string[]

const invalid = (state: string): CodedError =>
  new CodedError('invalid-argument', `Cannot parse image config: ${state}`)
