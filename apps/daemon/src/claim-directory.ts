import { CodedError, systemCode } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes sure that no other engine works on a data root. The claim ends when it is disposed, or with the process. */
export async function claimDirectory(
  directory: string,
  kernel: Pick<Kernel, 'lockFile'>,
): Promise<AsyncDisposable> {
  const file = await open(join(directory, 'lock'), 'a', 0o600)
  try {
    kernel.lockFile(file.fd)
  } catch (error) {
    await file.close()
    if (systemCode(error) !== 'EAGAIN') throw error
    throw new CodedError('conflict', `Cannot use data root ${directory}: another engine does`, {
      cause: error,
      hint: 'End it first, or start this one with another --data-root and --exec-root.',
    })
  }
  return { [Symbol.asyncDispose]: () => file.close() }
}
