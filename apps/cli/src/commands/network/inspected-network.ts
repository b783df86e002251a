import { inspectNetwork, type EngineClient } from '@berth/client'
import type { Inspected } from '../print-inspection.ts'

/** A network with the names that templates know of it. */
export async function inspectedNetwork(
  client: EngineClient,
  name: string,
  verbose = false,
): Promise<Inspected> {
  return {
    object: await inspectNetwork(client, name, { verbose }),
    loadType: async () => (await import('../../template/docker-types/network-type.ts')).networkType,
  }
}
