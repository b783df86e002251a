import { pullImage, type EngineClient } from '@berth/client'
import { parseReference } from '@berth/oci'
import type { Io, Output } from '../../command/io.ts'
import { registryCredentials } from '../../config/credentials/registry-credentials.ts'
import { showProgress } from '../../terminal/show-progress.ts'

export interface PullOptions {
  platform?: string | undefined
  /** Where progress goes; undefined shows none. */
  output: Output | undefined
  io: Io
  /** Every tag of the repository. */
  allTags?: boolean
}

/** Pulls `name`, which has a tag or a digest, showing how it goes. Throws what the engine reports on the way. */
export async function pullWithProgress(
  client: EngineClient,
  name: string,
  options: PullOptions,
): Promise<void> {
  const { platform, output, io, allTags = false } = options
  const reference = parseReference(name)
  const tag = allTags ? undefined : (reference.digest ?? reference.tag)
  const auth = await registryCredentials(io, reference.registry)
  const messages = pullImage(client, `${reference.registry}/${reference.repository}`, { tag, platform, auth })
  await showProgress(messages, output)
}
