import { parseReference } from '@berth/oci'
import { registryOfAddress } from '@berth/registry-client'
import { CodedError } from '@berth/stdx'
import { stringFlag } from '../../command/flag.ts'
import { hubRegistry } from '../../mirrors/mirror-file.ts'
import { usualConfigFile } from '../../registry/machine-registries.ts'

/** Of every command about mirrors. */
export const mirrorFlags = {
  'config-file': stringFlag("The engine's configuration file, for Docker Hub's mirrors", {
    initial: usualConfigFile,
  }),
  for: stringFlag('The registry that is mirrored', { initial: hubRegistry }),
}

/** The registry of `--for`, by the name that it has in references; throws `invalid-argument` for anything else. */
export function mirroredRegistry(flags: { for: string }): string {
  const registry = registryOfAddress(flags.for)
  if (registry === hubRegistry) return registry
  const path = flags.for.replace(/^https?:\/\//i, '').slice(registry.length)
  if (/^(?:\/(?:v2\/?)?)?$/.test(path) && parseReference(`${registry}/x`).registry === registry)
    return registry
  throw new CodedError('invalid-argument', `${JSON.stringify(flags.for)} is not a registry`, {
    hint: 'Mirrors are those of a whole registry, for example --for ghcr.io or --for registry.example.com:5000.',
  })
}
