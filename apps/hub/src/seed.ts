import { join } from 'node:path'
import type { Digest } from '@berth/oci'
import { createRegistry } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import { helloWorldImage } from './hello-world/hello-world-image.ts'

export interface SeedOptions {
  dataDirectory: string
  repository: string
  tag: string
  logger: Logger
}

/** Puts hello-world into the store, which a hub may be serving meanwhile; again is success. Returns its digest. */
export async function seed({ dataDirectory, repository, tag, logger }: SeedOptions): Promise<Digest> {
  await using registry = await createRegistry({ directory: join(dataDirectory, 'registry'), logger })
  return await registry.putImage(repository, tag, helloWorldImage())
}
