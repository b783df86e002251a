import type { EngineClient } from '@berth/client'
import { checkHost, formatHostChecks } from '@berth/host'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({ usage: '', positional: { min: 0, max: 0 }, flags: {} })

/** Fails when something is missing without which no container runs. */
export async function run(
  _client: EngineClient,
  _args: Arguments<typeof definition>,
  io: Io,
): Promise<number> {
  const socket = io.host.startsWith('unix://') ? { socket: io.host.slice('unix://'.length) } : {}
  const userName = io.env['USER'] ? { userName: io.env['USER'] } : {}
  const checks = await checkHost({ searchPath: io.env['PATH'] ?? '', ...socket, ...userName })
  io.stdout.write(`${formatHostChecks(checks)}\n`)
  return checks.some(({ status }) => status === 'missing') ? 1 : 0
}
