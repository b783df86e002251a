import type { Ping } from '@berth/api'
import type { Duplex } from 'node:stream'

/**
 * A connection to one engine. Nothing is sent before the first call. The calls (`startContainer(client, id)`, …) are
 * functions beside it; these methods are what they are made of. Disposing closes idle connections.
 */
export interface EngineClient extends Disposable {
  /** As it was given: `unix:///…`, `tcp://…` or `ssh://…`. */
  readonly host: string
  /** The version that requests are sent with: the pinned one, else what both ends know, asked for once. */
  apiVersion(): Promise<string>
  /** /_ping of now; rejects with code `unavailable` or `forbidden` when there is no engine to talk to. */
  ping(): Promise<Ping>
  /** Resolves when the headers are there; a status of 400 or more rejects with the engine's message. */
  send(request: EngineRequest): Promise<EngineResponse>
  /** Turns the connection into a raw stream in both directions. Who calls destroys it. */
  hijack(request: EngineRequest): Promise<HijackedStream>
  /** A connection without HTTP on it; a failure to connect is an error of the stream. Who calls destroys it. */
  dial(): Duplex
}

export interface EngineRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Below the version: `/containers/json`. Values from outside are encoded by `pathOf`. */
  path: string
  query?: Query
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it comes, as a tar; a failure of it is what the call rejects with. Not together with `body`. */
  upload?: AsyncIterable<Uint8Array> | undefined
  signal?: AbortSignal | undefined
}

/** true is written as 1; false, undefined and '' are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface EngineResponse {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: AsyncIterable<Uint8Array>
}

/** `stream.end()` is the end of the process's stdin; reading goes on until the process ends. */
export interface HijackedStream {
  stream: Duplex
  contentType: string
}

export interface CallOptions {
  signal?: AbortSignal | undefined
}
