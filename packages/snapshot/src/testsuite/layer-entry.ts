import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atFdCwd, linuxKernel } from '@berth/syscalls'

/** One entry of a test's layer; a directory comes before what is in it, and the path `.` is the root. */
export interface LayerEntry {
  path: string
  type: 'file' | 'directory' | 'whiteout'
  /** Of a file. */
  content?: string
  /** Of a directory: hides what the layers below have in it. */
  opaque?: boolean
  /** Default: 0644 for files, 0755 for directories, owner 0:0. */
  mode?: number
  uid?: number
  gid?: number
}

const characterDevice = 0o020000

/** Writes a layer of format `tree` into `directory`. */
export async function writeTreeLayer(entries: readonly LayerEntry[], directory: string): Promise<void> {
  const tree = join(directory, 'tree')
  mkdirSync(tree)
  for (const entry of entries) writeEntry(entry, join(tree, entry.path))
}

function writeEntry(entry: LayerEntry, path: string): void {
  if (entry.type === 'whiteout') {
    linuxKernel.mknodat(atFdCwd, path, { mode: characterDevice, major: 0, minor: 0 })
    return
  }
  if (entry.type === 'file') writeFileSync(path, entry.content ?? '')
  else mkdirSync(path, { recursive: true })
  chownSync(path, entry.uid ?? 0, entry.gid ?? 0)
  chmodSync(path, entry.mode ?? (entry.type === 'file' ? 0o644 : 0o755))
  if (entry.opaque) linuxKernel.setXattr(path, 'trusted.overlay.opaque', Buffer.from('y'))
}
