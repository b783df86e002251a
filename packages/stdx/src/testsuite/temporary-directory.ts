import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a directory that goes with the stack, and all that is in it. */
export async function temporaryDirectory(stack: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-test-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  return directory
}
