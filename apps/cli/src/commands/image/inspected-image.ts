import { inspectImage, type EngineClient } from '@berth/client'
import type { Inspected } from '../print-inspection.ts'

/** An image with the names that templates know of it. */
export async function inspectedImage(
  client: EngineClient,
  name: string,
  platform?: string,
): Promise<Inspected> {
  return {
    object: await inspectImage(client, name, { platform }),
    loadType: async () => (await import('../../template/docker-types/image-type.ts')).imageType,
  }
}
