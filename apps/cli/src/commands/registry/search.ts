import type { Filters } from '@berth/api'
import { searchImages, type EngineClient } from '@berth/client'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { filterFlag } from '../../command/filter-flag.ts'
import { integerFlag, switchFlag } from '../../command/flag.ts'
import { listFormatFlag } from '../../command/format-flag.ts'
import type { Io } from '../../command/io.ts'
import { registryCredentials } from '../../config/credentials/registry-credentials.ts'
import { formatList } from '../../format/format-list.ts'
import { searchView } from '../../format/search-view.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] TERM',
  positional: { min: 1, max: 1 },
  flags: {
    automated: switchFlag('Only show automated builds (deprecated)', { isHidden: true }),
    filter: filterFlag,
    format: listFormatFlag,
    limit: integerFlag('Max number of search results'),
    'no-trunc': switchFlag("Don't truncate output"),
    stars: integerFlag('Only displays with at least x stars (deprecated)', {
      shorthand: 's',
      isHidden: true,
      kind: 'uint',
      min: 0,
    }),
  },
})

type SearchArguments = Arguments<typeof definition>

export async function run(client: EngineClient, args: SearchArguments, io: Io): Promise<void> {
  const {
    flags,
    positional: [term = ''],
  } = args
  const filters = filtersOf(args, io)
  const items = await searchImages(client, term, {
    filters,
    limit: flags.limit > 0 ? flags.limit : undefined,
    auth: await registryCredentials(io, registryOf(term)),
  })
  const view = searchView({ isTruncated: !flags['no-trunc'] })
  io.stdout.write(await formatList(items, view, { format: flags.format }))
}

/** The filters, with what the flags of old stand for. */
function filtersOf({ flags, given }: SearchArguments, { stderr }: Io): Filters {
  const filters = new Map(flags.filter)
  const replace = (flag: string, name: string, value: string) => {
    stderr.write(`Flag --${flag} has been deprecated, use --filter=${name}=${value} instead\n`)
    filters.set(name, [value])
  }
  if (given.has('automated')) replace('automated', 'is-automated', String(flags.automated))
  if (given.has('stars')) replace('stars', 'stars', String(flags.stars))
  if (flags.filter.get('is-automated')?.includes('true')) {
    stderr.write(
      'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.\n',
    )
  }
  return filters
}

/** What comes before the first slash, where it looks like a host. */
function registryOf(term: string): string {
  const [first = '', ...rest] = term.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : ''
}
