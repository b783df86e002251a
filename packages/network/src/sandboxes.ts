import { CodedError, systemCode } from '@berth/stdx'
import { type Kernel, mountFlags, namespaceFlags, unmountFlags } from '@berth/syscalls'
import { closeSync, mkdirSync, openSync, statfsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { insideNamespace, threadNamespacePath } from './namespace.ts'
import { setLinkUp } from './netlink/link.ts'
import { loopbackIndex } from './netlink/protocol.ts'
import { RouteSocket } from './netlink/route-socket.ts'
import type { Sandboxes } from './network-driver.ts'

/** `f_type` of the file system that namespaces are files of (linux/magic.h). */
const namespaceFileSystem = 0x6e736673
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/

export interface SandboxesOptions {
  /** The engine's run root; sandboxes are mounts below `netns` in it. */
  runDirectory: string
  kernel: Kernel
}

/** Opens the sandboxes of one engine. Those made before a restart are there still. Nothing has to be closed. */
export function openSandboxes({ runDirectory, kernel }: SandboxesOptions): Sandboxes {
  const directory = join(runDirectory, 'netns')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const pathOf = (id: string) => join(directory, checkId(id))
  return {
    pathOf,
    async create(id) {
      const path = pathOf(id)
      if (isSandbox(path)) return path
      await using undo = new AsyncDisposableStack()
      undo.defer(() => remove(kernel, path))
      closeSync(openSync(path, 'a', 0o400))
      using socket = makeSandbox(kernel, path)
      await socket.apply(setLinkUp({ index: loopbackIndex }))
      undo.move()
      return path
    },
    delete: async (id) => remove(kernel, pathOf(id)),
    list: () => readdir(directory),
  }
}

/** Keeps a fresh namespace open at `path`; returns a socket that configures it. */
function makeSandbox(kernel: Kernel, path: string): RouteSocket {
  return insideNamespace<RouteSocket>(
    kernel,
    () => kernel.unshare(namespaceFlags.network),
    () => {
      kernel.mount({ source: threadNamespacePath, target: path, flags: mountFlags.bind })
      return new RouteSocket(kernel)
    },
  )
}

function checkId(id: string): string {
  if (idPattern.test(id)) return id
  throw new CodedError('invalid-argument', `Cannot name sandbox ${JSON.stringify(id)}`)
}

function isSandbox(path: string): boolean {
  try {
    return statfsSync(path).type === namespaceFileSystem
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

async function remove(kernel: Kernel, path: string): Promise<void> {
  try {
    kernel.unmount(path, unmountFlags.detach | unmountFlags.noFollow)
  } catch (error) {
    // EINVAL: a file that is no mount, left by a create that did not get further.
    if (!['ENOENT', 'EINVAL'].includes(systemCode(error) ?? '')) throw error
  }
  await rm(path, { force: true })
}
