import { linuxKernel, mountFlags, unmountFlags } from '@berth/syscalls'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Mounts the EROFS layer in `directory` at `directory/mounted`; disposing unmounts it. */
export function mountLayer(directory: string): { path: string } & Disposable {
  const path = join(directory, 'mounted')
  mkdirSync(path)
  linuxKernel.mount({
    source: join(directory, 'layer.erofs'),
    target: path,
    type: 'erofs',
    flags: mountFlags.readOnly,
    data: `device=${join(directory, 'layer.tar')}`,
  })
  return { path, [Symbol.dispose]: () => linuxKernel.unmount(path, unmountFlags.detach) }
}

/** Mounts an overlay of `lowers` (highest first) at `path`; disposing unmounts it. */
export function mountOverlay(lowers: readonly string[], path: string): Disposable {
  linuxKernel.mount({
    source: 'overlay',
    target: path,
    type: 'overlay',
    flags: mountFlags.readOnly,
    data: `lowerdir=${lowers.join(':')}`,
  })
  return { [Symbol.dispose]: () => linuxKernel.unmount(path, unmountFlags.detach) }
}
