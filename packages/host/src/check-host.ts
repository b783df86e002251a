import { checkCgroups, findCgroupLayout } from './cgroups.ts'
import { checkSocket } from './engine-socket.ts'
import { checkErofs, checkOverlay, checkSnapshotter } from './file-systems.ts'
import type { HostCheck } from './host-check.ts'
import { openHostFiles } from './host-files.ts'
import { checkKernel } from './kernel.ts'
import { checkNamespaces } from './namespaces.ts'
import { checkNetworkTools, checkRuntime } from './programs.ts'
import { checkSeccomp } from './seccomp.ts'

export interface HostOptions {
  /** The PATH to look for programs along; the system's own folders are looked through after it. */
  searchPath: string
  /** OCI runtimes by name or absolute path, the preferred first. Default: runc, crun. */
  runtimes?: readonly string[]
  /** Absolute path of the engine's socket; without it that check is left out. */
  socket?: string
  /** Who asks, for the hint about the socket. Default: `$USER`, to be filled in by the shell. */
  userName?: string
  /** Tells the version of a runtime, one line. This package starts no programs, so without it the path stands alone. */
  versionOf?: (path: string) => Promise<string | undefined>
  /** Stands for `/`, so that tests can make a machine up. */
  root?: string
}

/**
 * What this machine offers to containers, one line for each thing, in the order people fix them. Reads /proc, /sys and
 * the folders of programs, changes nothing, and never throws: what cannot be read is not there.
 */
export async function checkHost(options: HostOptions): Promise<HostCheck[]> {
  const files = openHostFiles(options.root ?? '/')
  const { searchPath, versionOf, runtimes = ['runc', 'crun'], socket, userName = '$USER' } = options
  const cgroups = findCgroupLayout(files)
  return Promise.all([
    checkKernel(files),
    checkNamespaces(files),
    cgroups.then(checkCgroups),
    checkOverlay(files),
    checkErofs(files),
    checkSnapshotter(files),
    checkSeccomp(files),
    cgroups.then((layout) => checkRuntime({ searchPath, files, runtimes, cgroups: layout, versionOf })),
    checkNetworkTools({ searchPath, files }),
    ...(socket ? [checkSocket({ socket, userName, files })] : []),
  ])
}
