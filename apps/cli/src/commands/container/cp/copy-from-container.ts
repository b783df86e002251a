import { goFileType } from '@berth/api'
import { getContainerArchive, statContainerPath, type EngineClient } from '@berth/client'
import { isCoded } from '@berth/stdx'
import { posix, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { interruptible } from '../../../command/interruptible.ts'
import type { Io } from '../../../command/io.ts'
import type { CopyOptions } from './copy-argument.ts'
import { withProgress } from './copy-progress.ts'
import { findLocalTarget, unpackHere, verifyLocalTarget } from './local-target.ts'
import { followed, splitEntry, withEndOf } from './path-text.ts'
import { planCopy } from './plan-copy.ts'

export async function copyFromContainer(client: EngineClient, options: CopyOptions, io: Io): Promise<void> {
  const { container, isQuiet } = options
  const isStream = options.destination === '-'
  const destination = isStream ? '-' : withEndOf(resolve(io.folder, options.destination), options.destination)
  if (!isStream) await verifyLocalTarget(destination)
  const source = options.followsLink
    ? await followLink(client, options)
    : { path: options.source, name: undefined }
  using interruption = interruptible(io)
  const { signal } = interruption
  const { stat, body } = await getContainerArchive(client, container, { path: source.path, signal })
  if (isStream) return pipeline(body, io.stdout, { end: false, signal })
  const progress = { header: 'Copying from container - ', target: destination, isQuiet }
  await withProgress(progress, io, async (counted) => {
    const isDirectory = goFileType(stat.mode) === 'directory'
    const plan = planCopy({ ...source, isDirectory }, await findLocalTarget(destination))
    await unpackHere(counted(body), { ...plan, root: splitEntry(source.path).name, signal })
  })
}

/** Where a link leads; anything else, also what is not there, stays for the engine to say. */
async function followLink(
  client: EngineClient,
  { container, source }: CopyOptions,
): Promise<{ path: string; name: string | undefined }> {
  try {
    const { mode, linkTarget } = await statContainerPath(client, container, { path: source })
    if (goFileType(mode) !== 'symlink') return { path: source, name: undefined }
    return followed(source, posix.resolve('/', splitEntry(source).directory, linkTarget))
  } catch (error) {
    if (!isCoded(error)) throw error
    return { path: source, name: undefined }
  }
}
