import { CodedError } from '@berth/stdx'
import { openErofsSnapshotter, openOverlaySnapshotter, type SnapshotterOptions } from './open-snapshotter.ts'
import { probeLayers } from './probe-layers.ts'
import type { Snapshotter } from './snapshotter.ts'

export interface SnapshotterChoice {
  name: Snapshotter['name']
  /** Why this one, in words for a person. */
  reason: string
}

export interface ChooseSnapshotterOptions extends SnapshotterOptions {
  /** Only this one will do. */
  prefer?: Snapshotter['name']
}

/**
 * Finds what the kernel can do by doing it, on the very directories; opens nothing. Throws `failed-precondition` when it
 * cannot do what is preferred, or no overlay at all.
 */
export async function probeSnapshotter(options: ChooseSnapshotterOptions): Promise<SnapshotterChoice> {
  const { prefer } = options
  if (prefer !== 'overlay') {
    const refusal = await probeLayers('erofs', options)
    if (refusal === undefined)
      return { name: 'erofs', reason: 'the kernel mounts layers from their tar archives' }
    if (prefer === 'erofs')
      throw cannotUse('erofs', refusal, 'Linux 6.12 or later mounts layers from their tar archives.')
    await requireOverlay(options)
    return {
      name: 'overlay',
      reason: `layers are unpacked, since the kernel does not mount them from their tar archives (${refusal})`,
    }
  }
  await requireOverlay(options)
  return { name: 'overlay', reason: 'layers are unpacked, as configured' }
}

/** Opens what `probeSnapshotter` finds. */
export async function chooseSnapshotter(
  options: ChooseSnapshotterOptions,
): Promise<{ snapshotter: Snapshotter; reason: string }> {
  const { name, reason } = await probeSnapshotter(options)
  const open = name === 'erofs' ? openErofsSnapshotter : openOverlaySnapshotter
  return { snapshotter: await open(options), reason }
}

async function requireOverlay(options: SnapshotterOptions): Promise<void> {
  const refusal = await probeLayers('tree', options)
  if (refusal === undefined) return
  throw cannotUse(
    'overlay',
    refusal,
    `Load the kernel module overlay, and keep ${options.directory} on ext4, XFS or btrfs: the top of an overlay cannot lie on another overlay or on a network file system.`,
  )
}

function cannotUse(name: Snapshotter['name'], refusal: string, hint: string): CodedError {
  return new CodedError('failed-precondition', `Cannot use snapshotter ${name}: ${refusal}`, { hint })
}
