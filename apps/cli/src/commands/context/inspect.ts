import type { EngineClient } from '@berth/client'
import { anyNumber, defineCommand, type Arguments } from '../../command/command.ts'
import { objectFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { getContext } from '../../contexts/get-context.ts'
import { defaultContextName } from '../../contexts/stored-context.ts'
import { printInspection } from '../print-inspection.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [CONTEXT] [CONTEXT...]',
  isOffline: true,
  positional: { min: 0, max: anyNumber },
  flags: { format: objectFormatFlag },
})

export async function run(
  _client: EngineClient,
  { flags: { format }, positional }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const names = positional.length === 0 ? [io.contextName] : positional
  await printInspection(names, { io, format }, async (name) => ({ object: await inspect(name, io) }))
}

async function inspect(name: string, io: Io) {
  const { metadata, tls } = await getContext(name, io)
  const { docker } = metadata.Endpoints
  const shown = docker && { docker: { ...docker, SkipTLSVerify: docker.SkipTLSVerify ?? false } }
  const Endpoints = { ...metadata.Endpoints, ...shown }
  return { ...metadata, Endpoints, TLSMaterial: filesByEndpoint(tls.keys()), Storage: storageOf(name, io) }
}

function filesByEndpoint(files: Iterable<string>): Partial<Record<string, string[]>> {
  const groups = Object.groupBy(files, (file) => file.split('/', 1)[0] ?? '')
  return Object.fromEntries(
    Object.entries(groups).map(([endpoint, paths = []]) => [
      endpoint,
      paths.map((path) => path.slice(endpoint.length + 1)),
    ]),
  )
}

function storageOf(name: string, { config }: Io): { MetadataPath: string; TLSPath: string } {
  const inMemory = '<IN MEMORY>'
  if (name === defaultContextName) return { MetadataPath: inMemory, TLSPath: inMemory }
  const { metadataPath, tlsPath } = contextStore(config).pathsOf(name)
  return { MetadataPath: metadataPath, TLSPath: tlsPath }
}
