import { registryOfAddress } from '@berth/registry-client'
import { stringFlag } from '../../command/flag.ts'
import { usualConfigFile } from '../../registry/machine-registries.ts'

/** Of every command about mirrors. */
export const mirrorFlags = {
  'config-file': stringFlag("The engine's configuration file, for Docker Hub's mirrors", {
    initial: usualConfigFile,
  }),
  for: stringFlag('The registry that is mirrored', { initial: 'docker.io' }),
}

/** The registry of `--for`, by the name that it has in references; throws `invalid-argument`. */
export const mirroredRegistry = (flags: { for: string }): string => registryOfAddress(flags.for)
