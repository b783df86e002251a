import type { ByteString } from '../tar/tar-entry.ts'
import type { LayerNode } from './layer-node.ts'

/** Linux's overlayfs documentation, "whiteouts and opaque directories". */
export const opaqueName = 'trusted.overlay.opaque'

/** The attributes of a node on disk: its own, and what overlayfs needs to know of it. */
export const overlayXattrs = (node: LayerNode): ReadonlyMap<ByteString, ByteString> =>
  node.type === 'directory' && node.isOpaque ? new Map([...node.xattrs, [opaqueName, 'y']]) : node.xattrs
