import type { Healthcheck } from '@berth/oci'
import type { HostConfig } from './host-config.ts'
import type { EndpointSettings } from './network.ts'

/** Go's set of strings: `map[string]struct{}`. */
export type StringSet = Record<string, Record<string, never>>

/** What is portable of a container: the run defaults, overridden. */
export interface ContainerConfig {
  Hostname: string
  Domainname: string
  User: string
  AttachStdin: boolean
  AttachStdout: boolean
  AttachStderr: boolean
  /** Keys like `80/tcp`. */
  ExposedPorts?: StringSet | null
  Tty: boolean
  OpenStdin: boolean
  StdinOnce: boolean
  Env: string[] | null
  /** null inherits from the image, `[]` is empty. */
  Cmd: string[] | null
  Healthcheck?: Healthcheck
  ArgsEscaped?: boolean
  Image: string
  Volumes: StringSet | null
  WorkingDir: string
  /** null inherits from the image; `[]` or `[""]` clears it, and with it the image's Cmd. */
  Entrypoint: string[] | null
  NetworkDisabled?: boolean
  /** Below 1.44; later it is in the endpoint's settings. */
  MacAddress?: string
  OnBuild?: string[] | null
  Labels: Record<string, string> | null
  StopSignal?: string
  /** Seconds. */
  StopTimeout?: number
  Shell?: string[] | null
}

export interface NetworkingConfig {
  EndpointsConfig?: Record<string, EndpointSettings | null> | null
}

/** POST /containers/create. Every field may be missing: an absent one is Go's zero value. */
export interface ContainerCreateRequest extends Partial<ContainerConfig> {
  HostConfig?: Partial<HostConfig> | null
  NetworkingConfig?: NetworkingConfig | null
}

export interface ContainerCreateResponse {
  Id: string
  Warnings: string[]
}
