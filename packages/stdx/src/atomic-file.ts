import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface AtomicFileOptions {
  /** Whatever the umask says; default 0600. */
  mode?: number
  /** Default: whoever writes it. */
  owner?: { uid: number; gid: number }
}

/**
 * Replaces `path` so that a crash leaves either the old file or the new one, whole: a temporary file in the same
 * directory, fsync, rename, fsync of the directory. The new one is for the owner alone, whatever the old one was, unless told
 * otherwise.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  { mode, owner }: AtomicFileOptions = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      if (owner) await file.chown(owner.uid, owner.gid)
      if (mode !== undefined) await file.chmod(mode)
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

interface DirectorySync {
  running: Promise<void>
  next: Promise<void> | undefined
}

const syncs = new Map<string, DirectorySync>()

/** Makes the names in a directory durable. Who asks while a sync is under way shares the next one with all who do. */
export function syncDirectory(path: string): Promise<void> {
  const sync = syncs.get(path)
  if (!sync) return beginSync(path)
  // Its own: the one that runs may have begun before the name was there.
  sync.next ??= sync.running.catch(() => undefined).then(() => beginSync(path))
  return sync.next
}

function beginSync(path: string): Promise<void> {
  const sync: DirectorySync = { running: syncOnce(path), next: undefined }
  syncs.set(path, sync)
  const forget = () => {
    if (!sync.next) syncs.delete(path)
  }
  sync.running.then(forget, forget)
  return sync.running
}

async function syncOnce(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
