import { goFileType, type GoFileType } from '@berth/api'
import { extractToContainer, statContainerPath, type EngineClient } from '@berth/client'
import { CodedError, isCoded } from '@berth/stdx'
import { posix, resolve } from 'node:path'
import { interruptible } from '../../../command/interruptible.ts'
import type { Io } from '../../../command/io.ts'
import type { CopyOptions } from './copy-argument.ts'
import { withProgress } from './copy-progress.ts'
import { findLocalSource, packLocalSource } from './local-source.ts'
import { splitEntry, withEndOf } from './path-text.ts'
import { planCopy, type CopyTarget } from './plan-copy.ts'

export async function copyToContainer(client: EngineClient, options: CopyOptions, io: Io): Promise<void> {
  const { container, isArchive, isQuiet } = options
  const target = await findTarget(client, options)
  const { path, upload } = await openUpload(options, target, io)
  using interruption = interruptible(io)
  const { signal } = interruption
  const progress = { header: 'Copying to container - ', target: `${container}:${target.path}`, isQuiet }
  await withProgress(progress, io, (counted) =>
    extractToContainer(client, container, { path, upload: counted(upload), copyUIDGID: isArchive, signal }),
  )
}

interface Upload {
  /** The directory that it is unpacked into. */
  path: string
  upload: AsyncIterable<Uint8Array>
}

async function openUpload(options: CopyOptions, target: CopyTarget, io: Io): Promise<Upload> {
  const { container, destination, source: asked, followsLink } = options
  if (asked === '-') {
    if (target.type !== 'directory')
      throw invalid(`destination "${container}:${destination}" must be a directory`)
    return { path: target.path, upload: io.stdin }
  }
  const source = await findLocalSource(withEndOf(resolve(io.folder, asked), asked), followsLink)
  const { directory, name } = planCopy(source, target)
  return { path: directory, upload: packLocalSource(source, name) }
}

/** What is at the destination, one link followed. What cannot be looked at counts as absent: the engine says what is wrong. */
async function findTarget(
  client: EngineClient,
  { container, destination }: CopyOptions,
): Promise<CopyTarget> {
  const found = await look(client, container, destination)
  if (!found) return { path: destination, type: 'absent' }
  const isLink = found.type === 'symlink'
  const path = isLink ? posix.resolve('/', splitEntry(destination).directory, found.linkTarget) : destination
  const type = isLink ? (await look(client, container, path))?.type : found.type
  if (type === 'device')
    throw invalid(
      `destination "${container}:${destination}" must be a directory or a regular file: got a device`,
    )
  if (type === undefined) return { path, type: 'absent' }
  return { path, type: type === 'directory' ? 'directory' : 'other' }
}

async function look(
  client: EngineClient,
  container: string,
  path: string,
): Promise<{ type: GoFileType; linkTarget: string } | undefined> {
  try {
    const { mode, linkTarget } = await statContainerPath(client, container, { path })
    return { type: goFileType(mode), linkTarget }
  } catch (error) {
    if (isCoded(error)) return undefined
    throw error
  }
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
