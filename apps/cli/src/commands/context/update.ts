import type { EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'
import { checkContextName } from '../../contexts/context-name.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { resolveDockerEndpoint } from '../../contexts/docker-endpoint.ts'
import { getContext } from '../../contexts/get-context.ts'
import type { StoredContext } from '../../contexts/stored-context.ts'
import { endpointDetails, endpointFlags } from './endpoint-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTEXT',
  details: endpointDetails.replace('create', 'update'),
  isOffline: true,
  positional: { min: 1, max: 1 },
  flags: endpointFlags,
})

export async function run(
  _client: EngineClient,
  { flags, given, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  checkContextName(name)
  const store = contextStore(io.config)
  const found = await store.get(name)
  const moved = given.has('docker') ? await withEndpoint(found, flags.docker, io) : found
  await store.put(flags.description === '' ? moved : withDescription(moved, flags.description))
  io.stdout.write(`${name}\n`)
  io.stderr.write(`Successfully updated context "${name}"\n`)
}

/** Its certificates are replaced with the endpoint; those of other endpoints stay. */
async function withEndpoint(
  { metadata, tls }: StoredContext,
  flag: Readonly<Record<string, string>>,
  io: Io,
): Promise<StoredContext> {
  const resolved = await resolveDockerEndpoint(flag, {
    folder: io.folder,
    getContext: async (name) => getContext(name, io),
  })
  const others = [...tls].filter(([file]) => !file.startsWith('docker/'))
  return {
    metadata: { ...metadata, Endpoints: { ...metadata.Endpoints, docker: resolved.endpoint } },
    tls: new Map([...others, ...resolved.tls]),
  }
}

function withDescription({ metadata, tls }: StoredContext, description: string): StoredContext {
  return { metadata: { ...metadata, Metadata: { ...metadata.Metadata, Description: description } }, tls }
}
