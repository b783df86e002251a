import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '@berth/stdx'
import type { ContainerContext } from '../container-context.ts'

/** Where a container's root is mounted while it runs. */
export function rootfsPath(context: Pick<ContainerContext, 'settings'>, id: string): string {
  return join(context.settings.runDirectory, 'rootfs', id)
}

/** Where a container's own files lie: its log, its hosts file. */
export function containerDirectory(context: Pick<ContainerContext, 'settings'>, id: string): string {
  return join(context.settings.dataDirectory, 'containers', id)
}

/** Where Docker's users look for a container's log. */
export function logPath(context: Pick<ContainerContext, 'settings'>, id: string): string {
  return join(containerDirectory(context, id), `${id}-json.log`)
}

/** Mounts the container's root. Idempotent. */
export async function mountRootfs(context: ContainerContext, id: string): Promise<string> {
  const target = rootfsPath(context, id)
  await mkdir(target, { recursive: true, mode: 0o710 })
  await context.snapshotter.mount(id, target)
  return target
}

/** Idempotent. */
export async function unmountRootfs(context: ContainerContext, id: string): Promise<void> {
  const target = rootfsPath(context, id)
  await context.snapshotter.unmount(id, target)
  try {
    await rmdir(target)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

/** Removes everything of a container on disk but its row. Idempotent. */
export async function removeContainerFiles(context: ContainerContext, id: string): Promise<void> {
  await unmountRootfs(context, id)
  await context.snapshotter.remove(id)
  await rm(containerDirectory(context, id), { recursive: true, force: true })
}
