import { openFilesystemStorage } from './filesystem-storage.ts'
import type { Storage } from './storage.ts'

/** A download that nothing was written to for so long is nobody's. */
const stagedMsMax = 24 * 60 * 60 * 1000

/**
 * For blobs that are read while they come, which is too much for a store of objects. What a crash left long ago is
 * dropped: other processes of this machine may be writing here.
 */
export async function openStaging(directory: string, now: number): Promise<Storage> {
  const staging = await openFilesystemStorage(directory)
  for await (const { key, modifiedAt } of staging.listUploads())
    if (modifiedAt < now - stagedMsMax) await staging.deleteUpload(key)
  return staging
}
