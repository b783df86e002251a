import type { Reference } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { openRegistry } from '../../registry/open-registry.ts'

export const insecureFlag = switchFlag('Allow communication with an insecure registry')

/** The registries of references, which may lack TLS when `isInsecure`; disposing closes the connections. */
export const openManifestRegistry = (
  io: Io,
  references: readonly Reference[],
  isInsecure: boolean,
): Promise<RegistryClient & AsyncDisposable> =>
  openRegistry(io, isInsecure ? { insecureRegistries: references.map(({ registry }) => registry) } : {})
