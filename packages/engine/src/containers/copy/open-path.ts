import { CodedError, systemCode } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import { statfsSync } from 'node:fs'
import { getSystemErrorMessage } from 'node:util'
import type { ContainerRoot } from './container-root.ts'
import { openInRoot, type Handle } from './root-path.ts'

/** What is asked for, and how errors call it. */
export interface WantedPath {
  /** Absolute. */
  path: string
  /** As it was asked for. */
  asked: string
  /** The container as it was asked for. */
  container: string
}

/** File systems that the kernel makes up for a container's processes (linux/magic.h): they hold no files to copy. */
const kernelFileSystems = new Set([
  0x9fa0, // proc
  0x6265_6572, // sysfs
  0x27_e0eb, // cgroup
  0x6367_7270, // cgroup2
])

/** Opens what is at a path of a container. Throws `not-found` in Docker's words. */
export function openPath(
  kernel: Pick<Kernel, 'openat2'>,
  root: ContainerRoot,
  wanted: WantedPath & { flags: number },
): Handle {
  using stack = new DisposableStack()
  const handle = stack.use(openOrExplain(kernel, root, wanted))
  if (kernelFileSystems.has(statfsSync(`/proc/self/fd/${handle.fd}`).type)) throw noSuchFile(wanted)
  stack.move()
  return handle
}

function openOrExplain(
  kernel: Pick<Kernel, 'openat2'>,
  root: ContainerRoot,
  wanted: WantedPath & { flags: number },
): Handle {
  try {
    return openInRoot(kernel, root.fd, wanted)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') throw noSuchFile(wanted)
    if (code === undefined) throw error
    const text = getSystemErrorMessage(-(error as { errno: number }).errno)
    throw new CodedError('internal', `lstat ${wanted.path}: ${text}`, { cause: error })
  }
}

const noSuchFile = ({ asked, container }: WantedPath): CodedError =>
  new CodedError('not-found', `Could not find the file ${asked} in container ${container}`)
