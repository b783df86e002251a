import type { ContainerConfig } from '@berth/api'
import { packTar, treeMembers } from '@berth/layer'
import {
  familiarReference,
  formatReference,
  mediaTypes,
  parseManifest,
  type ContainerDefaults,
  type Descriptor,
  type HistoryEntry,
  type ImageConfig,
  type Manifest,
  type Reference,
} from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { gathered } from '../gathered.ts'
import { addLayer } from '../images/layers/add-layer.ts'
import { applyChanges } from '../images/changes/apply-changes.ts'
import { makeImage } from '../images/store/make-image.ts'
import { receiveBlob } from '../images/content/receive-blob.ts'
import { imageBlobs } from '../images/store/record-image.ts'
import type { Hold } from '../images/content/hold.ts'
import { whileHeld } from '../images/content/while-held.ts'
import { nowTimestamp } from '../timestamps.ts'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import type { ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { mergeConfig } from './config/merge-config.ts'
import { pauseContainer, unpauseContainer } from './pause.ts'
import { withTop } from './tree/container-top.ts'

export interface CommitOptions {
  /** With its tag; undefined leaves the image without a name. */
  reference: Reference | undefined
  comment: string
  author: string
  /** Dockerfile instructions, applied to the container's config. */
  changes: readonly string[]
  /** Takes precedence over the container's config. */
  config: Partial<ContainerConfig>
  /** A running container stands still meanwhile, so that its files fit together. */
  pauses: boolean
  signal: AbortSignal
}

/** Makes an image of a container: its image's layers, what it changed as one more, and its config. Returns the id. */
export async function commitContainer(
  context: ContainerContext,
  nameOrId: string,
  options: CommitOptions,
): Promise<string> {
  const record = getContainer(context.containers, nameOrId)
  const defaults = applyChanges(
    defaultsOf(mergeConfig(options.config, defaultsOf(record.config))),
    options.changes,
  )
  const made = await whileHeld(context.images, { action: `commit ${record.name}` }, async (hold) => {
    const parent = await readParent(context, record, hold)
    const readLayer = () => commitLayer(context, record, { hold, signal: options.signal })
    const layer = await (options.pauses ? whilePaused(context, record, readLayer) : readLayer())
    return makeImage(context.images, committedImage(record, { parent, layer, defaults, options }), hold)
  })
  const { reference, comment } = options
  const imageRef = reference ? familiarReference(reference) : ''
  if (reference) context.events.image('tag', made.imageId, { name: imageRef })
  const attributes = { comment, imageID: made.imageId, imageRef }
  containerEvent(context.events, record, { action: 'commit', attributes })
  return made.imageId
}

interface Parent {
  config: ImageConfig
  manifest: Manifest
}

async function readParent(
  { images: context }: ContainerContext,
  record: ContainerRecord,
  hold: Hold,
): Promise<Parent> {
  const image = context.images.find(record.imageId)
  if (!image) throw new CodedError('not-found', `No such image: ${record.imageId}`)
  const manifest = parseManifest(await context.content.readWhole(image.manifestDigest), undefined)
  if (manifest.kind !== 'manifest')
    throw new CodedError('internal', `Cannot commit ${record.name}: ${image.manifestDigest} is an index`)
  await hold.lease.add(...imageBlobs({ path: [image.manifestDigest], manifest }))
  hold.holdLayers(image.diffIds)
  return { config: await context.configs.read(image.imageId), manifest }
}

async function whilePaused<T>(
  context: ContainerContext,
  { id }: ContainerRecord,
  action: () => Promise<T>,
): Promise<T> {
  if (context.containers.find(id)?.state.status !== 'running') return action()
  await pauseContainer(context, id)
  try {
    return await action()
  } finally {
    await unpauseContainer(context, id)
  }
}

interface CommittedLayer {
  descriptor: Pick<Descriptor, 'digest' | 'size'>
  diffId: Descriptor['digest']
}

const pieceBytes = 1024 * 1024
/** An archive of nothing is its end marker. */
const emptyArchiveBytes = 1024

/** What the container changed, as a blob that is not compressed and so the layer's tar as well; undefined for no change. */
async function commitLayer(
  context: ContainerContext,
  record: ContainerRecord,
  { hold, signal }: { hold: Hold; signal: AbortSignal },
): Promise<CommittedLayer | undefined> {
  const { content } = context.images
  const descriptor = await withTop(context, record, ({ entries }) =>
    receiveBlob(gathered(packTar(treeMembers(entries)), pieceBytes), { content, hold }),
  )
  signal.throwIfAborted()
  if (descriptor.size === emptyArchiveBytes) return undefined
  const { diffId } = await addLayer(context.images, descriptor, { hold, signal })
  return { descriptor, diffId }
}

interface Committed {
  parent: Parent
  layer: CommittedLayer | undefined
  defaults: ContainerDefaults
  options: CommitOptions
}

function committedImage(
  record: ContainerRecord,
  { parent, layer, defaults, options }: Committed,
): Parameters<typeof makeImage>[1] {
  const { manifest } = parent
  const isDocker = manifest.mediaType === mediaTypes.dockerManifest
  const mediaType = isDocker ? mediaTypes.dockerLayer : mediaTypes.ociLayer
  return {
    config: committedConfig(record, { parent, layer, defaults, options }),
    layers: [...manifest.layers, ...(layer ? [{ mediaType, ...layer.descriptor }] : [])],
    mediaTypes: { manifest: manifest.mediaType, config: manifest.config.mediaType },
    tag: options.reference && formatReference(options.reference),
    parentId: record.imageId,
  }
}

function committedConfig(
  record: ContainerRecord,
  { parent: { config }, layer, defaults, options }: Committed,
): ImageConfig {
  const { author, comment } = options
  const created = nowTimestamp()
  const entry: HistoryEntry = {
    created,
    created_by: (record.config.Cmd ?? []).join(' '),
    ...(author ? { author } : {}),
    ...(comment ? { comment } : {}),
    ...(layer ? {} : { empty_layer: true }),
  }
  const { os, architecture, variant, rootfs, history = [] } = config
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    created,
    ...(author ? { author } : {}),
    ...(comment ? { comment } : {}),
    config: defaults,
    rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, ...(layer ? [layer.diffId] : [])] },
    history: [...history, entry],
  }
}

const defaultNames = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'Shell',
  'OnBuild',
  'Healthcheck',
] as const satisfies readonly (keyof ContainerDefaults & keyof ContainerConfig)[]

/** The part of a container's config that an image can hold. */
function defaultsOf(config: ContainerConfig): ContainerDefaults {
  const kept = defaultNames.flatMap((name) =>
    config[name] === undefined || config[name] === null ? [] : [[name, config[name]]],
  )
  return Object.fromEntries(kept) as ContainerDefaults
}
