import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessPolicy, PullMeter, RegistryActivity, RegistryContents } from '@berth/registry-server'
import type { SqlDatabase } from '@berth/sql'
import type { Logger } from '@berth/stdx'
import type { OpenCounter } from '../limits/window-counter.ts'
import type { Origin } from '../http/origin.ts'

/** Who may do what, and what is served beside the registry for that. */
export interface HubAccess {
  policy: AccessPolicy
  /** Answers what is not the registry's; false leaves the request untouched. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  onActivity?: (activity: RegistryActivity) => void
  meterPull?: PullMeter
  /** What who runs the hub should know when it has started, in whole lines. */
  findNotice?: () => Promise<string | undefined>
  /** Begins what one process of a machine does beside answering. */
  startWork?: () => void
}

export interface HubAccessOptions {
  dataDirectory: string
  database: SqlDatabase
  /** What the registry holds, once it is open. */
  findContents: () => RegistryContents
  /** First parts of the names of mirrored repositories. */
  mirroredNamespaces: readonly string[]
  origin: Origin
  /** Counts what limits are about. */
  openCounter: OpenCounter
  /** Processes that answer; this is one of them. */
  workers: number
  stack: AsyncDisposableStack
  logger: Logger
}
