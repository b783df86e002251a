import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { checkContextName } from '../../contexts/context-name.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { resolveDockerEndpoint } from '../../contexts/docker-endpoint.ts'
import { getContext } from '../../contexts/get-context.ts'
import type { StoredContext } from '../../contexts/stored-context.ts'
import { endpointDetails, endpointFlags } from './endpoint-flags.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] CONTEXT',
  details: endpointDetails,
  isOffline: true,
  positional: { min: 1, max: 1 },
  flags: { ...endpointFlags, from: stringFlag('create context from a named context') },
})

export async function run(
  _client: EngineClient,
  { flags, given, positional: [name = ''] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const store = contextStore(io.config)
  if (given.has('docker') && flags.from !== '')
    throw new CodedError('invalid-argument', 'cannot use --docker flag when --from is set')
  checkContextName(name)
  if (await store.has(name)) throw new CodedError('already-exists', `context "${name}" already exists`)
  const source = given.has('docker')
    ? await newContext(flags.docker, io)
    : await getContext(flags.from || io.contextName, io)
  const { Metadata } = source.metadata
  const metadata = {
    ...source.metadata,
    Name: name,
    Metadata: flags.description === '' ? Metadata : { ...Metadata, Description: flags.description },
  }
  await store.put({ metadata, tls: source.tls })
  io.stdout.write(`${name}\n`)
  io.stderr.write(`Successfully created context "${name}"\n`)
}

async function newContext(flag: Readonly<Record<string, string>>, io: Io): Promise<StoredContext> {
  const { endpoint, tls } = await resolveDockerEndpoint(flag, {
    folder: io.folder,
    getContext: async (name) => getContext(name, io),
  })
  return { metadata: { Name: '', Metadata: {}, Endpoints: { docker: endpoint } }, tls }
}
