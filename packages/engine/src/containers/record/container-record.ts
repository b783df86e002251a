import type { ContainerConfig, EndpointSettings, HostConfig } from '@berth/api'
import type { Digest } from '@berth/oci'

/** A container as it is stored: what was asked for, and how it fares. */
export interface ContainerRecord {
  readonly id: string
  /** Without the leading slash of Docker's wire. */
  name: string
  /** RFC 3339 with nanoseconds, as all times here. */
  readonly createdAt: string
  readonly imageId: Digest
  /** What the image's defaults and the request came to. */
  readonly config: ContainerConfig
  hostConfig: HostConfig
  readonly runtime: string
  /** What was asked of each network, by its name. */
  readonly endpointsConfig: Record<string, EndpointSettings>
  state: ContainerStateRecord
  restartCount: number
}

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead'

export interface ContainerStateRecord {
  status: ContainerStatus
  /** 0 while nothing runs. */
  pid: number
  exitCode: number
  /** Why it did not start; empty when it did. */
  error: string
  startedAt: string
  finishedAt: string
  isOomKilled: boolean
  /** Stopped by a person: `unless-stopped` and `always` leave it alone until the engine or a person starts it. */
  isManuallyStopped: boolean
}

/** Docker's "never". */
const zeroTime = '0001-01-01T00:00:00Z'

export const initialState: ContainerStateRecord = {
  status: 'created',
  pid: 0,
  exitCode: 0,
  error: '',
  startedAt: zeroTime,
  finishedAt: zeroTime,
  isOomKilled: false,
  isManuallyStopped: false,
}

/** True when the container has a process, paused or not. */
export function isRunning(record: ContainerRecord): boolean {
  return record.state.status === 'running' || record.state.status === 'paused'
}
