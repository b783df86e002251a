import { versionAtLeast } from '@berth/api'
import type { EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import type { CommandDefinition } from './command.ts'

/**
 * Refuses flags that the engine is too old to know: it would pass over what they ask for, and remove the whole of an image
 * where one platform of it was meant. Docker's words. Asks the engine only where a flag needs a version.
 */
export async function checkFlagVersions(
  { flags }: CommandDefinition,
  given: ReadonlySet<string>,
  client: Pick<EngineClient, 'apiVersion'>,
): Promise<void> {
  const since = [...given].sort().flatMap((name) => {
    const version = flags[name]?.since
    return version === undefined ? [] : [{ name, version }]
  })
  if (since.length === 0) return
  const engine = await client.apiVersion()
  const missing = since.filter(({ version }) => !versionAtLeast(engine, version))
  if (missing.length === 0) return
  const lines = missing.map(
    ({ name, version }) =>
      `"--${name}" requires API version ${version}, but the Docker daemon API version is ${engine}`,
  )
  throw new CodedError('failed-precondition', lines.join('\n'))
}
