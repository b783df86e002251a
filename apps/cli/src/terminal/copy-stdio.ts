import { copyOutput, type HijackedStream } from '@berth/client'
import { systemCode } from '@berth/stdx'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Input, Io } from '../command/io.ts'
import { defaultDetachKeys, DetachKeyFilter, parseDetachKeys } from './detach-keys.ts'
import { enterRawMode } from './raw-terminal.ts'

export interface StdioOptions {
  io: Io
  hasStdin: boolean
  tty: boolean
  detachKeys?: string | undefined
}

/** Joins a process's stdio to ours until it ends or the keys to detach are typed. The terminal is as before after it. */
export async function copyStdio(
  { stream }: HijackedStream,
  { io, hasStdin, tty, detachKeys }: StdioOptions,
): Promise<'ended' | 'detached'> {
  using raw = new DisposableStack()
  const output = copyOutput(stream, io, !tty).then(() => 'ended' as const, endOnHangUp)
  if (!hasStdin) return output
  if (tty) raw.use(enterRawMode(io.stdin))
  const keys = tty && io.stdin.isTTY ? parseDetachKeys(detachKeys || defaultDetachKeys) : undefined
  const input = new InputCopy(io.stdin, stream, keys)
  try {
    return await Promise.race([output, input.detached])
  } finally {
    input.stop()
    stream.destroy()
  }
}

/** An engine that hangs up hard has still ended the stream. */
function endOnHangUp(error: unknown): 'ended' {
  const code = systemCode(error) ?? ''
  if (['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(code))
    return 'ended'
  throw error
}

/** Copies what is typed or piped; its end is the process's end of input, while output goes on. */
class InputCopy {
  readonly detached: Promise<'detached'>
  readonly #stdin: Input
  readonly #stream: Duplex
  readonly #filter: DetachKeyFilter | undefined
  readonly #detach: (value: 'detached') => void

  constructor(stdin: Input, stream: Duplex, keys: Uint8Array | undefined) {
    const { promise, resolve } = Promise.withResolvers<'detached'>()
    this.detached = promise
    this.#detach = resolve
    this.#stdin = stdin
    this.#stream = stream
    this.#filter = keys && new DetachKeyFilter(keys)
    stdin.on('data', this.#onData)
    stdin.on('end', this.#onEnd)
    stdin.on('error', this.#onEnd)
  }

  stop(): void {
    this.#stdin.off('data', this.#onData)
    this.#stdin.off('end', this.#onEnd)
    this.#stdin.off('error', this.#onEnd)
    this.#stdin.pause()
  }

  readonly #onEnd = (): void => {
    this.#stream.end()
  }

  readonly #onData = (chunk: Uint8Array): void => {
    const { data, isDetached } = this.#filter?.push(chunk) ?? { data: chunk, isDetached: false }
    if (data.length > 0 && this.#stream.writable && !this.#stream.write(data)) void this.#waitForRoom()
    if (isDetached) this.#detach('detached')
  }

  async #waitForRoom(): Promise<void> {
    this.#stdin.pause()
    try {
      await once(this.#stream, 'drain')
      this.#stdin.resume()
    } catch {
      // The process has gone; the output tells how.
    }
  }
}
