import type { HostCheck } from './host-check.ts'
import type { HostFiles } from './host-files.ts'
import { isKernelAtLeast, parseKernelRelease, readKernelRelease } from './kernel.ts'

/** From this release on EROFS mounts a plain file, without a loop device. */
const fileBackedErofs = { major: 6, minor: 12 }

/** Names in the text of /proc/filesystems: a file system a line, `nodev` before those without a block device. */
export function parseFileSystems(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.split('\t').at(-1)?.trim() ?? '')
      .filter(Boolean),
  )
}

export async function checkOverlay(files: HostFiles): Promise<HostCheck> {
  const support = await findFileSystem('overlay', files)
  if (support) return { name: 'overlay', status: 'ok', detail: support }
  const hint = 'Load it with "modprobe overlay", or use a kernel with CONFIG_OVERLAY_FS'
  return { name: 'overlay', status: 'missing', detail: 'the kernel has no overlay file system', hint }
}

export async function checkErofs(files: HostFiles): Promise<HostCheck> {
  const problem = await findErofsProblem(files)
  if (!problem) return { name: 'erofs', status: 'ok', detail: 'layers can be mounted from plain files' }
  return {
    name: 'erofs',
    status: 'warning',
    detail: problem,
    hint: 'Layers will be unpacked; Linux 6.12 with CONFIG_EROFS_FS mounts them instead',
  }
}

/** The snapshotter that a start of the engine should choose here; the engine itself decides by trying. */
export async function checkSnapshotter(files: HostFiles): Promise<HostCheck> {
  const problem = await findErofsProblem(files)
  const detail = problem ? `overlay (unpacked layers), because ${problem}` : 'erofs (mounted layers)'
  return { name: 'snapshotter', status: 'ok', detail }
}

async function findErofsProblem(files: HostFiles): Promise<string | undefined> {
  const release = await readKernelRelease(files)
  const version = parseKernelRelease(release)
  if (!version || !isKernelAtLeast(version, fileBackedErofs)) return `Linux ${release} is older than 6.12`
  return (await findFileSystem('erofs', files)) ? undefined : 'the kernel has no EROFS'
}

/** How the kernel has a file system: now, or as a module that the first mount loads. */
async function findFileSystem(name: string, files: HostFiles): Promise<string | undefined> {
  if (parseFileSystems((await files.read('/proc/filesystems')) ?? '').has(name)) return 'in the kernel'
  const modules = await files.read(`/lib/modules/${await readKernelRelease(files)}/modules.dep`)
  return modules?.includes(`/${name}.ko`) ? 'as a module, loaded when first used' : undefined
}
