import type { CheckMessage, CheckProblem, CheckSummary } from '@berth/api'
import type { Digest } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import type { ImageContext } from '../image-context.ts'
import { checkBlob, type Verdict } from './check-blob.ts'
import { checkLayer, layerTarPath, remakeLayer } from './check-layer.ts'
import { imageNeeds, type ImageNeeds } from './image-needs.ts'
import { mendBlob } from './mend-blob.ts'

export interface CheckOptions {
  /** Fetches broken blobs anew where it is known from where, and makes broken layers anew. */
  repairs: boolean
  signal: AbortSignal
}

/**
 * Reads every blob and every layer and tells what is broken or missing, as it is found; then a summary. Blobs come first:
 * layers are mended from them. When mending was asked for, what nothing can mend is taken away, so that the next pull or
 * load brings it; but a layer that a container needs stays until it is mended.
 */
export async function* checkStore(
  context: ImageContext,
  options: CheckOptions,
): AsyncGenerator<CheckMessage> {
  const tally = new Tally()
  const manifests = context.images.listWithMembers().map(({ manifestDigest }) => manifestDigest)
  // What a manifest names can be mended once the manifest can be read.
  yield* checkBlobs(context, manifests, { tally, options, needs: await imageNeeds(context) })
  const needs = await imageNeeds(context)
  yield* checkBlobs(context, await otherBlobs(context, needs, manifests), { tally, options, needs })
  for (const diffId of await allLayers(context, needs)) {
    const verdict = await checkLayer(context, diffId, options.signal)
    tally.addLayer(verdict)
    yield* tally.count(await settleLayer(context, { digest: diffId, verdict, needs, options }))
  }
  yield tally.summary
}

class Tally {
  readonly summary: CheckSummary = {
    Type: 'summary',
    Blobs: 0,
    Layers: 0,
    Bytes: 0,
    Problems: 0,
    Mended: 0,
    Lost: 0,
  }

  addBlob({ readBytes }: Verdict): void {
    this.summary.Blobs++
    this.summary.Bytes += readBytes
  }

  addLayer({ readBytes }: Verdict): void {
    this.summary.Layers++
    this.summary.Bytes += readBytes
  }

  count(problem: CheckProblem | undefined): CheckProblem[] {
    if (!problem) return []
    this.summary.Problems++
    if (problem.Outcome === 'mended') this.summary.Mended++
    if (problem.Outcome === 'lost') this.summary.Lost++
    return [problem]
  }
}

interface Checking {
  tally: Tally
  needs: ImageNeeds
  options: CheckOptions
}

async function* checkBlobs(
  context: ImageContext,
  digests: Iterable<Digest>,
  { tally, needs, options }: Checking,
): AsyncGenerator<CheckProblem> {
  for (const digest of new Set(digests)) {
    const verdict = await checkBlob(context, digest, options.signal)
    tally.addBlob(verdict)
    yield* tally.count(await settleBlob(context, { digest, verdict, needs, options }))
  }
}

async function otherBlobs(
  { content }: ImageContext,
  needs: ImageNeeds,
  known: readonly Digest[],
): Promise<Set<Digest>> {
  const stored = await Array.fromAsync(content.listBlobs(), ({ digest }) => digest)
  return new Set([...needs.blobs.keys(), ...stored]).difference(new Set(known))
}

async function allLayers({ snapshotter }: ImageContext, needs: ImageNeeds): Promise<Set<Digest>> {
  const stored = await Array.fromAsync(snapshotter.listLayers(), ({ diffId }) => diffId)
  const used = await Array.fromAsync(snapshotter.listSnapshots(), ({ layers }) => layers)
  return new Set([...needs.layers.keys(), ...stored, ...used.flat()])
}

interface Case {
  digest: Digest
  verdict: Verdict
  needs: ImageNeeds
  options: CheckOptions
}

async function settleBlob(
  context: ImageContext,
  { digest, verdict: { fault }, needs, options }: Case,
): Promise<CheckProblem | undefined> {
  const need = needs.blobs.get(digest)
  // What nothing needs may go while it is looked at.
  if (!fault || (fault.problem === 'missing' && !context.images.reachableBlobs().has(digest)))
    return undefined
  const isMended = options.repairs && (await mendBlob(context, digest, { need, signal: options.signal }))
  if (options.repairs && !isMended) await context.content.deleteBlob(digest)
  return problemOf('blob', { digest, fault, images: need?.images ?? [], isMended, options })
}

async function settleLayer(
  context: ImageContext,
  { digest: diffId, verdict: { fault }, needs, options }: Case,
): Promise<CheckProblem | undefined> {
  const need = needs.layers.get(diffId)
  if (!fault || (fault.problem === 'missing' && !(await isNeeded(context, diffId)))) return undefined
  let isMended = false
  if (options.repairs) {
    for (const source of await sourcesOf(context, diffId, need?.blobs ?? new Set()))
      isMended ||= await remakeLayer(context, diffId, { source, signal: options.signal })
    if (!isMended) await letGo(context, diffId)
  }
  return problemOf('layer', { digest: diffId, fault, images: need?.images ?? [], isMended, options })
}

async function letGo({ snapshotter }: ImageContext, diffId: Digest): Promise<void> {
  try {
    await snapshotter.removeLayer(diffId)
  } catch (error) {
    if (!isCoded(error, 'failed-precondition')) throw error
  }
}

async function isNeeded({ images, snapshotter }: ImageContext, diffId: Digest): Promise<boolean> {
  if (images.reachableLayers().has(diffId)) return true
  for await (const { layers } of snapshotter.listSnapshots()) if (layers.includes(diffId)) return true
  return false
}

/** Its own archive, in case only its index is broken, then the blobs that unpack to it. */
async function sourcesOf(
  { content, snapshotter }: ImageContext,
  diffId: Digest,
  blobs: ReadonlySet<Digest>,
): Promise<string[]> {
  const layer = await snapshotter.findLayer(diffId)
  const stored = await Array.fromAsync(blobs, async (digest) =>
    (await content.findBlob(digest)) ? content.blobPath(digest) : undefined,
  )
  const own = layer?.format === 'erofs' ? [layerTarPath(layer.directory)] : []
  return [...own, ...stored.filter((path) => path !== undefined)]
}

interface Finding {
  digest: Digest
  fault: NonNullable<Verdict['fault']>
  images: readonly Digest[]
  isMended: boolean
  options: CheckOptions
}

function problemOf(
  type: CheckProblem['Type'],
  { digest, fault, images, isMended, options }: Finding,
): CheckProblem {
  const outcome = isMended ? 'mended' : 'lost'
  return {
    Type: type,
    Digest: digest,
    Problem: fault.problem,
    Outcome: options.repairs ? outcome : 'found',
    Message: fault.message,
    Images: [...images],
  }
}
