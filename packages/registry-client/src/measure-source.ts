import { parseManifest, selectManifests, type Descriptor, type Platform, type Reference } from '@berth/oci'
import { CodedError, messageOf } from '@berth/stdx'
import { performance } from 'node:perf_hooks'
import { readBody } from './transport/body.ts'
import { discard } from './transport/discard.ts'
import { EndpointFailure } from './transport/endpoint-failure.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { fetchManifestFrom, type FetchedManifest } from './fetch-manifest.ts'
import { refusal } from './refusal.ts'
import type { RegistryRequest, RegistrySession } from './registry-session.ts'

/** How one mirror or registry answers; what could not be measured is undefined, and `problem` says why. */
export interface SourceMeasure {
  /** As errors name it. */
  source: string
  /** Without what all registries have in common. */
  url: string
  isMirror: boolean
  /** From request to answer, on a connection that is open. */
  pingMs: number | undefined
  /** To the manifest that the tag names, once signed in. */
  manifestMs: number | undefined
  /** Of the largest layer. */
  bytesPerSecond: number | undefined
  problem: string | undefined
}

export interface MeasureRequest extends Pick<RegistryRequest, 'scopes' | 'signal' | 'credentials'> {
  reference: Reference
  platform: Platform
  bytesMax: number
  durationMaxMs: number
  stallMs: number
}

/** Measures one endpoint, as far as it goes. Throws only for an aborted signal. */
export async function measureSource(
  session: RegistrySession,
  endpoint: Endpoint,
  request: MeasureRequest,
): Promise<SourceMeasure> {
  const measure: SourceMeasure = {
    source: endpoint.label,
    url: endpoint.root.href.replace(/(?:\/v2)?\/$/, ''),
    isMirror: endpoint.isMirror,
    pingMs: undefined,
    manifestMs: undefined,
    bytesPerSecond: undefined,
    problem: undefined,
  }
  try {
    await ping(session, endpoint, request)
    measure.pingMs = await timed(() => ping(session, endpoint, request))
    // Before the clock runs, it is signed in.
    const root = await fetchManifestFrom(session, endpoint, { ...request, digest: undefined })
    measure.manifestMs = await timed(() =>
      fetchManifestFrom(session, endpoint, { ...request, digest: undefined }),
    )
    const layer = await largestLayer(session, endpoint, { request, root })
    measure.bytesPerSecond = layer && (await speedOf(session, endpoint, { ...request, layer }))
  } catch (error) {
    request.signal?.throwIfAborted()
    measure.problem = error instanceof EndpointFailure ? error.summary : messageOf(error)
  }
  return measure
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

/** Any answer but a failure of the server's is one. */
async function ping(session: RegistrySession, endpoint: Endpoint, request: MeasureRequest): Promise<void> {
  const { response } = await session.send(endpoint, { ...request, path: '.', headers: {} })
  if ((response.statusCode ?? 0) >= 500) throw await refusal(response, endpoint.label)
  discard(response)
}

/** An index in an index is no image to measure with. */
const indexDepthMax = 1

async function largestLayer(
  session: RegistrySession,
  endpoint: Endpoint,
  { request, root }: { request: MeasureRequest; root: FetchedManifest },
): Promise<Descriptor | undefined> {
  let { bytes, descriptor } = root
  for (let depth = 0; depth <= indexDepthMax; depth++) {
    const parsed = parseManifest(bytes, descriptor.mediaType)
    if (parsed.kind === 'manifest') return parsed.layers.toSorted((a, b) => b.size - a.size)[0]
    const [best] = selectManifests(parsed.manifests, request.platform)
    if (!best) throw new CodedError('not-found', 'the image is not there for this machine')
    ;({ bytes, descriptor } = await fetchManifestFrom(session, endpoint, { ...request, digest: best.digest }))
  }
  return undefined
}

async function speedOf(
  session: RegistrySession,
  endpoint: Endpoint,
  { layer, ...request }: MeasureRequest & { layer: Descriptor },
): Promise<number> {
  const { reference, bytesMax, durationMaxMs, stallMs } = request
  const startMs = performance.now()
  const path = `${reference.repository}/blobs/${layer.digest}`
  const { response } = await session.send(endpoint, { ...request, path, headers: {} })
  if (response.statusCode !== 200) throw await refusal(response, `blob ${layer.digest}`)
  let bytes = 0
  for await (const chunk of readBody(response, endpoint.label, stallMs)) {
    bytes += chunk.length
    if (bytes >= bytesMax || performance.now() - startMs >= durationMaxMs) break
  }
  return (bytes * 1000) / (performance.now() - startMs)
}
