import {
  isConfigType,
  isForeignLayer,
  type Descriptor,
  type Digest,
  type Manifest,
  type Reference,
} from '@berth/oci'
import type { PushedBlob } from '@berth/registry-client'
import type { ImageContext } from '../image-context.ts'
import type { LayerCompression } from './layer-compression.ts'
import type { Report } from '../progress/progress.ts'
import type { PushOptions } from './push-options.ts'
import { retryText } from '../progress/retry-text.ts'
import { shortDigest } from '../progress/short-digest.ts'
import { together } from '../transfer/together.ts'

interface PushBlobsRequest {
  reference: Reference
  options: PushOptions
  report: Report
  /** What is sent in place of blobs. */
  compression?: Pick<LayerCompression, 'compress'>
}

interface NamedBlob {
  descriptor: Descriptor
  /** As progress names it; undefined for what it is silent about. */
  id: string | undefined
}

/** Brings all that manifests name into a repository, some blobs at a time, and tells what becomes of each. */
export async function pushBlobs(
  context: ImageContext,
  manifests: readonly Manifest[],
  request: PushBlobsRequest,
): Promise<void> {
  const { report, options, compression } = request
  const blobs = await allBlobs(context, manifests)
  const tell = teller(report)
  for (const blob of blobs) tell('Preparing', blob)
  await together(blobs, options.signal, async (blob, signal) => {
    if (isForeignLayer(blob.descriptor)) return tell(foreignText, blob)
    const push = async () => {
      signal.throwIfAborted()
      const descriptor = (await compression?.compress(blob.descriptor, signal)) ?? blob.descriptor
      return pushBlob(context, { ...blob, descriptor }, { ...request, options: { ...options, signal } })
    }
    tell(outcomeText(await context.uploads.run(push, () => tell('Waiting', blob))), blob)
  })
}

/** Tells of a repository that has all that manifests name what is told where each blob is looked for. */
export async function tellExisting(
  context: ImageContext,
  manifests: readonly Manifest[],
  report: Report,
): Promise<void> {
  const blobs = await allBlobs(context, manifests)
  const tell = teller(report)
  for (const blob of blobs) tell('Preparing', blob)
  for (const blob of blobs)
    tell(isForeignLayer(blob.descriptor) ? foreignText : outcomeText({ how: 'existed' }), blob)
}

const foreignText = 'Skipped foreign layer'

const teller =
  (report: Report) =>
  (status: string, { id }: NamedBlob): void =>
    id === undefined ? undefined : report({ status, progressDetail: {}, id })

/** Each once. */
async function allBlobs(context: ImageContext, manifests: readonly Manifest[]): Promise<NamedBlob[]> {
  const blobs = new Map<Digest, NamedBlob>()
  for (const manifest of manifests) {
    for (const blob of await namedBlobs(context, manifest))
      if (!blobs.has(blob.descriptor.digest)) blobs.set(blob.descriptor.digest, blob)
  }
  return [...blobs.values()]
}

/** Uppermost layer first, the config last. */
async function namedBlobs({ configs }: ImageContext, manifest: Manifest): Promise<NamedBlob[]> {
  const isImage = isConfigType(manifest.config.mediaType)
  const diffIds = isImage ? (await configs.read(manifest.config.digest)).rootfs.diff_ids : []
  const layers = manifest.layers.map((descriptor, index) => ({
    descriptor,
    id: shortDigest(diffIds[index] ?? descriptor.digest),
  }))
  return [...layers.toReversed(), { descriptor: manifest.config, id: undefined }]
}

async function pushBlob(
  { content, registry }: ImageContext,
  { descriptor, id }: NamedBlob,
  { reference, options, report }: PushBlobsRequest,
): Promise<PushedBlob> {
  const { credentials, signal } = options
  const origins = originsFor(reference, await content.listOrigins(descriptor.digest))
  const open = (start: number) => content.readBlob(descriptor.digest, { start, signal })
  const tell = (status: string, progressDetail = {}) =>
    id === undefined ? undefined : report({ status, progressDetail, id })
  return await registry.pushBlob(
    reference,
    { descriptor, open },
    {
      origins,
      signal,
      onProgress: (current) => tell('Pushing', { current, total: descriptor.size }),
      onRetry: ({ delayMs }) => tell(retryText(delayMs)),
      ...(credentials ? { credentials } : {}),
    },
  )
}

/** Other repositories of the same registry; those whose path is most like the target's are likeliest to be readable. */
function originsFor({ registry, repository }: Reference, known: readonly string[]): string[] {
  const prefix = `${registry}/`
  const others = known
    .filter((origin) => origin.startsWith(prefix))
    .map((origin) => origin.slice(prefix.length))
    .filter((origin) => origin !== repository)
  const likeness = (origin: string) => sharedComponents(origin.split('/'), repository.split('/'))
  return others.sort((a, b) => likeness(b) - likeness(a))
}

function sharedComponents(a: readonly string[], b: readonly string[]): number {
  const first = a.findIndex((component, index) => component !== b[index])
  return first < 0 ? a.length : first
}

function outcomeText(pushed: PushedBlob): string {
  switch (pushed.how) {
    case 'existed':
      return 'Layer already exists'
    case 'mounted':
      return `Mounted from ${pushed.from}`
    case 'uploaded':
      return 'Pushed'
    default:
      return pushed satisfies never
  }
}
