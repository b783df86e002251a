import { inspectVolume, type EngineClient } from '@berth/client'
import type { Inspected } from '../print-inspection.ts'

/** A volume with the names that templates know of it. */
export async function inspectedVolume(client: EngineClient, name: string): Promise<Inspected> {
  return {
    object: await inspectVolume(client, name),
    loadType: async () => (await import('../../template/docker-types/volume-type.ts')).volumeType,
  }
}
