import { systemCode } from '@berth/stdx'
import { linuxKernel } from '@berth/syscalls'
import type { ByteString, TarEntryType } from '../tar/tar-entry.ts'
import { isKeptXattr } from '../tree/node-of-entry.ts'
import { opaqueName } from '../tree/overlay-xattrs.ts'

const noXattrs: ReadonlyMap<ByteString, ByteString> = new Map()

/** The attributes that a layer keeps, and whether overlayfs's own say that the directory is opaque. */
export function readXattrs(
  place: Uint8Array,
  type: TarEntryType,
): { xattrs: ReadonlyMap<ByteString, ByteString>; isOpaque: boolean } {
  const names = listNames(place)
  if (names.length === 0) return { xattrs: noXattrs, isOpaque: false }
  const value = (name: string): ByteString | undefined => {
    const bytes = linuxKernel.getXattr(place, name)
    return bytes && Buffer.from(bytes).toString('latin1')
  }
  const kept = names
    .filter((name) => isKeptXattr(name, type))
    .sort()
    .flatMap((name): [string, string][] => {
      const found = value(name)
      return found === undefined ? [] : [[name, found]]
    })
  const isOpaque = type === 'directory' && names.includes(opaqueName) && value(opaqueName) === 'y'
  return { xattrs: kept.length === 0 ? noXattrs : new Map(kept), isOpaque }
}

function listNames(place: Uint8Array): string[] {
  try {
    return linuxKernel.listXattrs(place)
  } catch (error) {
    if (systemCode(error) === 'EOPNOTSUPP') return []
    throw error
  }
}
