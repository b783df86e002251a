import type { ByteString, Fragment } from '../tar/tar-entry.ts'

export interface Attributes {
  mode: number
  uid: number
  gid: number
  mtimeSeconds: number
  mtimeNanoseconds: number
  xattrs: ReadonlyMap<ByteString, ByteString>
}

export interface FileNode extends Attributes {
  type: 'file'
  sizeBytes: number
  /** Where the stored bytes start in the layer's tar. */
  bodyOffset: number
  /** What is stored of a sparse file. */
  fragments: readonly Fragment[] | undefined
}

export interface DirectoryNode extends Attributes {
  type: 'directory'
  /** Components between the root and here. */
  depth: number
  /** Hides what lower layers have at this path. */
  isOpaque: boolean
  children: Map<ByteString, LayerNode>
}

export interface SymlinkNode extends Attributes {
  type: 'symlink'
  target: ByteString
}

/** A whiteout is a character device 0/0. */
export interface DeviceNode extends Attributes {
  type: 'character-device' | 'block-device'
  major: number
  minor: number
}

export interface FifoNode extends Attributes {
  type: 'fifo'
}

/** One inode of a layer; a hard-linked one is the child of several directories or under several names. */
export type LayerNode = FileNode | DirectoryNode | SymlinkNode | DeviceNode | FifoNode
