import { inspectContainer, type EngineClient } from '@berth/client'
import type { Inspected } from '../print-inspection.ts'

/** A container with the names that templates know of it. */
export async function inspectedContainer(
  client: EngineClient,
  name: string,
  size: boolean,
): Promise<Inspected> {
  const object = await inspectContainer(client, name, { size })
  return {
    object,
    loadType: async () => (await import('../../template/docker-types/container-type.ts')).containerType,
  }
}
