import type { JsonMessage } from '@berth/api'
import { pullImage, type EngineClient } from '@berth/client'
import { parseReference } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import type { Output } from '../../command/io.ts'
import type { CliConfig } from '../../config/cli-config.ts'
import { registryCredentials } from '../../config/registry-credentials.ts'
import { ProgressDisplay } from '../../terminal/progress-display.ts'

export interface PullOptions {
  platform?: string | undefined
  /** Where progress goes; undefined shows none. */
  output: Output | undefined
  config: CliConfig
  /** Every tag of the repository. */
  allTags?: boolean
}

/** Pulls `name`, which has a tag or a digest, showing how it goes. Throws what the engine reports on the way. */
export async function pullWithProgress(
  client: EngineClient,
  name: string,
  options: PullOptions,
): Promise<void> {
  const { platform, output, config, allTags = false } = options
  const reference = parseReference(name)
  const tag = allTags ? undefined : (reference.digest ?? reference.tag)
  const auth = registryCredentials(config, reference.registry)
  const display = output && new ProgressDisplay(output)
  for await (const message of pullImage(client, `${reference.registry}/${reference.repository}`, {
    tag,
    platform,
    auth,
  })) {
    const failure = failureOf(message)
    if (failure !== undefined) throw new CodedError('internal', failure)
    display?.show(message)
  }
}

function failureOf({ errorDetail, error }: JsonMessage): string | undefined {
  return errorDetail?.message ?? error
}
