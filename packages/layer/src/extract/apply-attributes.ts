import { linuxKernel } from '@berth/syscalls'
import { CodedError, systemCode } from '@berth/stdx'
import { chmodSync, closeSync } from 'node:fs'
import type { LayerNode } from '../tree/layer-node.ts'
import { overlayXattrs } from '../tree/overlay-xattrs.ts'
import { openChildHandle, pathOf, type Place } from './place.ts'

/**
 * Gives a place its node's owner, mode, attributes and time, in this order: a change of owner clears setuid bits and
 * capabilities, and everything changes times.
 */
export function applyAttributes(place: Place, node: LayerNode): void {
  linuxKernel.chownat(place.dirFd, place.name, node)
  applyMode(place, node)
  for (const [name, value] of overlayXattrs(node)) setXattr(place, name, value)
  applyTime(place, node)
}

/** What anyone may do to files of their own: mode and time. */
export function applyModeAndTime(place: Place, node: LayerNode): void {
  applyMode(place, node)
  applyTime(place, node)
}

export function applyTime(place: Place, node: Pick<LayerNode, 'mtimeSeconds' | 'mtimeNanoseconds'>): void {
  const time = { seconds: BigInt(node.mtimeSeconds), nanoseconds: node.mtimeNanoseconds }
  linuxKernel.utimesat(place.dirFd, place.name, { accessed: time, modified: time })
}

function applyMode(place: Place, { type, mode }: LayerNode): void {
  if (type === 'symlink') return
  try {
    linuxKernel.chmodat(place.dirFd, place.name, mode)
  } catch (error) {
    if (systemCode(error) !== 'ENOSYS') throw error
    changeModeByHandle(place, mode)
  }
}

/** For kernels before 6.6, which have no fchmodat2. */
export function changeModeByHandle(place: Place, mode: number): void {
  const handle = openChildHandle(place)
  try {
    chmodSync(`/proc/self/fd/${handle}`, mode)
  } finally {
    closeSync(handle)
  }
}

function setXattr(place: Place, name: string, value: string): void {
  try {
    linuxKernel.setXattr(pathOf(place), name, Buffer.from(value, 'latin1'))
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EINVAL')
      throw new CodedError('invalid-argument', `Cannot unpack layer: attribute ${name} has a bad value`, {
        cause: error,
      })
    // A file system without ACLs or labels: container engines leave such attributes out.
    if (code !== 'ENOTSUP' || name.startsWith('trusted.')) throw error
  }
}
