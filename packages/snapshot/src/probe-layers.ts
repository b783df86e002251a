import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, settleAll, systemCode } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'
import { layerFormats } from './layer-formats.ts'
import { LayerPoints } from './layer-points.ts'
import { openDirectories, type SnapshotterOptions } from './open-snapshotter.ts'
import { mountOverlay, type OverlayMount } from './overlay-mount.ts'
import { probeBlock, probeFileName, probeImage } from './probe-image.ts'
import type { LayerFormat } from './snapshotter.ts'

const writeProbeLayer: Readonly<Record<LayerFormat, (directory: string) => Promise<void>>> = {
  async erofs(directory) {
    await writeFile(join(directory, 'layer.erofs'), probeImage())
    await writeFile(join(directory, 'layer.tar'), probeBlock)
  },
  async tree(directory) {
    await mkdir(join(directory, 'tree'))
    await writeFile(join(directory, 'tree', probeFileName), probeBlock)
  },
}

/**
 * Whether this kernel can stack a writable top in `directory` on a layer of this format: mounts a tiny one, reads and
 * writes through it. Returns why not, in the kernel's words, or undefined when it works. Leaves nothing behind; what a
 * crash leaves lies where a snapshotter cleans up when it is opened.
 */
export async function probeLayers(
  format: LayerFormat,
  options: SnapshotterOptions,
): Promise<string | undefined> {
  const { directory, runDirectory, kernel, logger } = await openDirectories(options)
  const formats = layerFormats(kernel, logger)
  const points = new LayerPoints({ directory: join(runDirectory, 'layers'), formats, kernel, logger })
  try {
    await using probe = new AsyncDisposableStack()
    const disk = await makeStaged(directory, probe)
    const [point, target] = [points.freshPath(), points.freshPath()]
    probe.defer(() => settleAll([() => points.hide(target), () => points.hide(point)]))
    await writeProbeLayer[format](disk)
    const [upper, work] = [join(disk, 'upper'), join(disk, 'work')]
    for (const path of [target, upper, work]) await mkdir(path)
    mountProbe(kernel, {
      lowers: [formats[format].expose(disk, point, [])],
      top: { upper, work },
      target,
      runDirectory,
    })
    await readAndWrite(target, upper)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** The end of an overlay waits for all unwritten data of the file system below, unless it is volatile. */
function mountProbe(kernel: Kernel, overlay: OverlayMount): void {
  try {
    mountOverlay(kernel, { ...overlay, volatile: true })
  } catch (error) {
    if (systemCode(error) !== 'EINVAL') throw error
    mountOverlay(kernel, overlay)
  }
}

async function makeStaged(directory: string, probe: AsyncDisposableStack): Promise<string> {
  await mkdir(join(directory, 'staged'), { recursive: true, mode: 0o700 })
  const path = await mkdtemp(join(directory, 'staged', 'probe-'))
  probe.defer(() => rm(path, { recursive: true }))
  return path
}

async function readAndWrite(target: string, upper: string): Promise<void> {
  const file = join(target, probeFileName)
  if (!probeBlock.equals(await readFile(file))) throw new Error('the layer reads wrong')
  await writeFile(file, 'changed')
  if ((await readFile(join(upper, probeFileName), 'utf8')) !== 'changed')
    throw new Error('writes do not reach the top')
}
