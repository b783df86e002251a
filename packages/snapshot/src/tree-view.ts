import { close, constants, openSync } from 'node:fs'
import { promisify } from 'node:util'
import type { TreeView } from './snapshotter.ts'

const closeInBackground = promisify(close)

/** Holds the tree at `place` open: it can be read even when it is unmounted there. */
export function openTreeView(place: string): TreeView {
  const fd = openSync(place, constants.O_RDONLY | constants.O_DIRECTORY)
  // The last one to let go of a mount waits for it to end, which may take the kernel some time.
  return { fd, [Symbol.asyncDispose]: () => closeInBackground(fd) }
}
