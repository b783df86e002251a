import { linuxKernel } from '@berth/syscalls'
import { constants } from 'node:fs'
import type { DirectoryNode, FileNode, LayerNode } from '../tree/layer-node.ts'
import type { Place } from './place.ts'

/** Makes what has no content, without its attributes. */
export function makeNode(node: Exclude<LayerNode, DirectoryNode | FileNode>, place: Place): void {
  switch (node.type) {
    case 'symlink':
      return linuxKernel.symlinkat(Buffer.from(node.target, 'latin1'), place.dirFd, place.name)
    case 'fifo':
      return makeSpecial(place, { mode: constants.S_IFIFO | 0o600, major: 0, minor: 0 })
    case 'character-device':
      return makeSpecial(place, { mode: constants.S_IFCHR, major: node.major, minor: node.minor })
    case 'block-device':
      return makeSpecial(place, { mode: constants.S_IFBLK, major: node.major, minor: node.minor })
    default:
      return node satisfies never
  }
}

const makeSpecial = (place: Place, options: { mode: number; major: number; minor: number }): void =>
  linuxKernel.mknodat(place.dirFd, place.name, options)
