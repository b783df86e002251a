import type { EngineClient } from '@berth/client'
import { isCoded, messageOf } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { contextStore } from '../../contexts/context-store.ts'
import { defaultContext } from '../../contexts/stored-context.ts'
import { contextTable, contextView, type ListedContext } from '../../format/context-view.ts'
import { formatList } from '../../format/format-list.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  isOffline: true,
  positional: { min: 0, max: 0 },
  flags: {
    format: listFormatFlag,
    quiet: switchFlag('Only show context names', { shorthand: 'q' }),
  },
})

export async function run(
  _client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const contexts = await listContexts(io)
  const inOrder = contexts.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const isTable = !flags.quiet && (flags.format === '' || flags.format === 'table')
  const format = isTable ? contextTable : flags.quiet ? '' : flags.format
  io.stdout.write(await formatList(inOrder, contextView, { format, isQuiet: flags.quiet }))
  if (!flags.quiet && contexts.length > 1 && io.env['DOCKER_HOST'] && io.contextName === 'default') {
    io.stderr.write(
      'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, ' +
        'either set the global --context flag, or unset DOCKER_HOST environment variable.\n',
    )
  }
}

/** One that was chosen and is not there is shown, too, with the reason. */
async function listContexts({ config, contextName, host }: Io): Promise<ListedContext[]> {
  const store = contextStore(config)
  const stored = [defaultContext(host).metadata, ...(await store.list())]
  const listed = stored.map(({ Name, Metadata, Endpoints }): ListedContext => ({
    name: Name,
    description: Metadata.Description ?? '',
    endpoint: Endpoints.docker?.Host ?? '',
    isCurrent: Name === contextName,
    error: '',
  }))
  if (listed.some(({ isCurrent }) => isCurrent)) return listed
  const error = await store.get(contextName).then(() => '', reasonOf)
  return [...listed, { name: contextName, description: '', endpoint: '', isCurrent: true, error }]
}

function reasonOf(error: unknown): string {
  if (isCoded(error)) return messageOf(error)
  throw error
}
