import { openClient, type EngineClient } from '@berth/client'
import { chosenContext, defaultEndpoint } from '../config/engine-endpoint.ts'
import { readConfig } from '../config/read-config.ts'
import { defaultContextName } from '../contexts/stored-context.ts'
import type { CommandDefinition } from './command.ts'
import type { GlobalFlagValues } from './global-flags.ts'
import type { Io, Surroundings } from './io.ts'
import { programVersion } from './program-version.ts'

export interface OpenEngine {
  client: EngineClient
  io: Io
}

/**
 * The engine that the global flags, the environment and config.json choose. Nothing is sent yet. Offline the context is only
 * named, and the engine is that of the default one.
 */
export async function openEngine(
  globals: GlobalFlagValues,
  surroundings: Surroundings,
  { isOffline = false }: Pick<CommandDefinition, 'isOffline'>,
): Promise<OpenEngine> {
  const { env } = surroundings
  const config = readConfig(globals.config)
  const choice = { ...globals, hosts: globals.host }
  const contextName = chosenContext(choice, config, env)
  const { host, tls } =
    isOffline || contextName === defaultContextName
      ? defaultEndpoint(choice, config, env)
      : await (await import('../config/context-endpoint.ts')).contextEndpoint(contextName, config)
  const headers = {
    'user-agent': `Berth-Client/${programVersion} (${process.platform})`,
    ...config.HttpHeaders,
  }
  const client = openClient({
    host,
    tls,
    headers,
    version: env['DOCKER_API_VERSION'] || undefined,
    environment: env,
  })
  // The streams stay behind their getters: asking for stdin opens it.
  const io = Object.create(
    surroundings,
    Object.getOwnPropertyDescriptors({ config, host, contextName }),
  ) as Io
  return { client, io }
}
