import * as file from './file.ts'
import { openFileSender } from './file-sender.ts'
import * as mounts from './mount.ts'
import * as network from './network.ts'
import * as processes from './process.ts'
import * as terminal from './terminal.ts'

/** Every kernel call that Berth makes beyond Node's own; one door, so that it can be recorded and replaced. */
export interface Kernel {
  readonly chmodat: typeof file.chmodat
  readonly chownat: typeof file.chownat
  readonly getXattr: typeof file.getXattr
  readonly linkat: typeof file.linkat
  readonly listXattrs: typeof file.listXattrs
  readonly lockFile: typeof file.lockFile
  readonly makeFifo: typeof file.makeFifo
  readonly mkdirat: typeof file.mkdirat
  readonly mknodat: typeof file.mknodat
  readonly openat2: typeof file.openat2
  readonly renameat2: typeof file.renameat2
  readonly setXattr: typeof file.setXattr
  readonly setXattrOfDescriptor: typeof file.setXattrOfDescriptor
  readonly symlinkat: typeof file.symlinkat
  readonly syncFileSystem: typeof file.syncFileSystem
  readonly unlinkat: typeof file.unlinkat
  readonly utimesat: typeof file.utimesat
  readonly attachMount: typeof mounts.attachMount
  readonly cloneMount: typeof mounts.cloneMount
  readonly mount: typeof mounts.mount
  readonly mountByContext: typeof mounts.mountByContext
  readonly setNamespace: typeof mounts.setNamespace
  readonly unmount: typeof mounts.unmount
  readonly unmountInBackground: typeof mounts.unmountInBackground
  readonly unshare: typeof mounts.unshare
  readonly openFileSender: typeof openFileSender
  readonly openNetlinkSocket: typeof network.openNetlinkSocket
  readonly becomeChildSubreaper: typeof processes.becomeChildSubreaper
  readonly openPidfd: typeof processes.openPidfd
  readonly peekEndedChild: typeof processes.peekEndedChild
  readonly readPidfdExit: typeof processes.readPidfdExit
  readonly signalPidfd: typeof processes.signalPidfd
  readonly waitForChild: typeof processes.waitForChild
  readonly openConsoleSocket: typeof terminal.openConsoleSocket
  readonly setWindowSize: typeof terminal.setWindowSize
}

/** The kernel this process runs on. Calls throw errors shaped like Node's, with `code` and `syscall`. */
export const linuxKernel: Kernel = {
  chmodat: file.chmodat,
  chownat: file.chownat,
  getXattr: file.getXattr,
  linkat: file.linkat,
  listXattrs: file.listXattrs,
  lockFile: file.lockFile,
  makeFifo: file.makeFifo,
  mkdirat: file.mkdirat,
  mknodat: file.mknodat,
  openat2: file.openat2,
  renameat2: file.renameat2,
  setXattr: file.setXattr,
  setXattrOfDescriptor: file.setXattrOfDescriptor,
  symlinkat: file.symlinkat,
  syncFileSystem: file.syncFileSystem,
  unlinkat: file.unlinkat,
  utimesat: file.utimesat,
  attachMount: mounts.attachMount,
  cloneMount: mounts.cloneMount,
  mount: mounts.mount,
  mountByContext: mounts.mountByContext,
  setNamespace: mounts.setNamespace,
  unmount: mounts.unmount,
  unmountInBackground: mounts.unmountInBackground,
  unshare: mounts.unshare,
  openFileSender,
  openNetlinkSocket: network.openNetlinkSocket,
  becomeChildSubreaper: processes.becomeChildSubreaper,
  openPidfd: processes.openPidfd,
  peekEndedChild: processes.peekEndedChild,
  readPidfdExit: processes.readPidfdExit,
  signalPidfd: processes.signalPidfd,
  waitForChild: processes.waitForChild,
  openConsoleSocket: terminal.openConsoleSocket,
  setWindowSize: terminal.setWindowSize,
}

export type KernelCall = [name: keyof Kernel, ...args: unknown[]]

/**
 * A kernel that does nothing but write down what it was asked, so that unit tests need no root. `answers` replaces
 * single calls where a test needs a result or an error.
 */
export function recordingKernel(answers: Partial<Kernel> = {}): Kernel & { readonly calls: KernelCall[] } {
  const calls: KernelCall[] = []
  const names = Object.keys(linuxKernel) as (keyof Kernel)[]
  const recorded = names.map((name) => [
    name,
    (...args: unknown[]) => {
      calls.push([name, ...args])
      return (answers[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args)
    },
  ])
  return { ...(Object.fromEntries(recorded) as Kernel), calls }
}
