import { CodedError } from '@berth/stdx'
import { ftruncateSync, readSync, writeSync } from 'node:fs'
import type { FileNode } from '../tree/layer-node.ts'

const buffer = Buffer.allocUnsafe(1024 * 1024)

/** Copies a file's content out of the layer's tar into `fd`, holes as holes. */
export function copyBody(file: FileNode, tarFd: number, fd: number): void {
  const fragments = file.fragments ?? [{ offset: 0, sizeBytes: file.sizeBytes }]
  let from = file.bodyOffset
  for (const fragment of fragments) {
    copyRange({ tarFd, fd }, { from, to: fragment.offset, sizeBytes: fragment.sizeBytes })
    from += fragment.sizeBytes
  }
  if (file.fragments) ftruncateSync(fd, file.sizeBytes)
}

function copyRange(
  { tarFd, fd }: { tarFd: number; fd: number },
  range: { from: number; to: number; sizeBytes: number },
): void {
  for (let done = 0; done < range.sizeBytes;) {
    const wanted = Math.min(buffer.length, range.sizeBytes - done)
    const got = readSync(tarFd, buffer, 0, wanted, range.from + done)
    if (got === 0) throw new CodedError('data-loss', 'Cannot unpack layer: its tar ends early')
    for (let written = 0; written < got;) {
      written += writeSync(fd, buffer, written, got - written, range.to + done + written)
    }
    done += got
  }
}
