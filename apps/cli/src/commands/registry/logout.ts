import type { EngineClient } from '@berth/client'
import { messageOf } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { openCredentialStore } from '../../config/credentials/open-credential-store.ts'
import { hostOf, hubKey } from '../../config/credentials/registry-key.ts'

export const definition = defineCommand({ usage: '[SERVER]', positional: { min: 0, max: 1 }, flags: {} })

export async function run(
  _client: EngineClient,
  { positional: [server = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const host = server === '' ? hubKey : hostOf(server)
  io.stdout.write(`Removing login credentials for ${host}\n`)
  const keys = server === '' ? [hubKey] : new Set([server, host, `http://${host}`, `https://${host}`])
  const failures: string[] = []
  let erased = 0
  for (const key of keys) {
    try {
      await openCredentialStore(io, key).erase(key)
      erased++
    } catch (error) {
      failures.push(`${key}: ${messageOf(error)}\n`)
    }
  }
  if (erased === 0) io.stderr.write(`WARNING: could not erase credentials:\n${failures.join('')}`)
}
