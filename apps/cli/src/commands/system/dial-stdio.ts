import type { EngineClient } from '@berth/client'
import { pipeline } from 'node:stream/promises'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({ usage: '', positional: { min: 0, max: 0 }, flags: {} })

/** The end of a client on another machine, which reaches this one by ssh. Over when the engine has said all. */
export async function run(client: EngineClient, _args: Arguments<typeof definition>, io: Io): Promise<void> {
  const engine = client.dial()
  const sent = pipeline(io.stdin, engine)
  await Promise.all([
    pipeline(engine, io.stdout, { end: false }),
    // A client that has left, or an engine that wants no more, is told of by what is said back.
    sent.catch(() => undefined),
  ])
}
