import { openClient, type EngineClient } from '@berth/client'
import { engineEndpoint } from '../config/engine-endpoint.ts'
import { readConfig } from '../config/read-config.ts'
import type { GlobalFlagValues } from './global-flags.ts'
import type { Io, Surroundings } from './io.ts'
import { programVersion } from './program-version.ts'

export interface OpenEngine {
  client: EngineClient
  io: Io
}

/** The engine that the global flags, the environment and config.json choose. Nothing is sent yet. */
export async function openEngine(globals: GlobalFlagValues, surroundings: Surroundings): Promise<OpenEngine> {
  const { env } = surroundings
  const config = readConfig(globals.config)
  const { host, contextName, tls } = await engineEndpoint({ ...globals, hosts: globals.host }, config, env)
  const headers = {
    'user-agent': `Berth-Client/${programVersion} (${process.platform})`,
    ...config.HttpHeaders,
  }
  const client = openClient({ host, tls, headers, version: env['DOCKER_API_VERSION'] || undefined })
  // The streams stay behind their getters: asking for stdin opens it.
  const io = Object.create(
    surroundings,
    Object.getOwnPropertyDescriptors({ config, host, contextName }),
  ) as Io
  return { client, io }
}
