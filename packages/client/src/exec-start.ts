import type { CallOptions, EngineClient, HijackedStream } from './engine-client.ts'
import { pathOf } from './path-of.ts'
import { discard } from './response-body.ts'

export interface ExecStartOptions extends CallOptions {
  tty?: boolean
  consoleSize?: [height: number, width: number] | undefined
}

/** Starts the process; the stream is its stdio and ends with it. */
export async function startExec(
  client: EngineClient,
  id: string,
  { tty = false, consoleSize, signal }: ExecStartOptions = {},
): Promise<HijackedStream> {
  const body = { Detach: false, Tty: tty, ...(consoleSize && { ConsoleSize: consoleSize }) }
  return client.hijack({ method: 'POST', path: pathOf`/exec/${id}/start`, body, signal })
}

/** Starts the process and leaves it to itself. */
export async function startExecDetached(
  client: EngineClient,
  id: string,
  { tty = false, signal }: ExecStartOptions = {},
): Promise<void> {
  const path = pathOf`/exec/${id}/start`
  const { body } = await client.send({ method: 'POST', path, body: { Detach: true, Tty: tty }, signal })
  await discard(body)
}
