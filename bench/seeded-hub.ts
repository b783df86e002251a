import { openAsBlob } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { digestHex, mediaTypes, type Descriptor } from '@berth/oci'
import { cacheDirectory, type CachedImage, manifestOf } from './image-cache.ts'
import { seedHelloWorld, startHub } from './hub.ts'
import { mustRun } from './network-namespace.ts'

const makingPort = 5099
const machineNetwork = { within: (command: readonly string[]) => [...command] }

/** Gives what fills the data of a hub with hello-world and images: they are pushed once, in the cache, and then copied. */
export async function seededHub(images: readonly CachedImage[]): Promise<(data: string) => Promise<void>> {
  const template = join(cacheDirectory, 'hub')
  const isMade = await stat(template).then(
    () => true,
    () => false,
  )
  if (!isMade) await makeTemplate(images, template)
  return (data) => mustRun(['cp', '-a', `${template}/.`, data])
}

async function makeTemplate(images: readonly CachedImage[], template: string): Promise<void> {
  const data = `${template}.making`
  await rm(data, { recursive: true, force: true })
  await mkdir(data, { recursive: true })
  await seedHelloWorld(data)
  {
    await using hub = await startHub({ network: machineNetwork, data, port: makingPort })
    for (const image of images) await pushImage(`http://${hub.address}/v2/bench/${image.name}`, image)
  }
  await rename(data, template)
}

/** As the distribution specification has it (end-4a, end-6, end-7). */
async function pushImage(repository: string, image: CachedImage): Promise<void> {
  for (const blob of [image.config, ...image.layers.map(({ descriptor }) => descriptor)])
    await pushBlob(repository, blob, join(image.blobs, digestHex(blob.digest)))
  await mustSend(`${repository}/manifests/latest`, {
    method: 'PUT',
    headers: { 'Content-Type': mediaTypes.ociManifest },
    body: new Uint8Array(manifestOf(image, 'compressed')),
  })
}

async function pushBlob(repository: string, { digest }: Descriptor, path: string): Promise<void> {
  const begun = await mustSend(`${repository}/blobs/uploads/`, { method: 'POST' })
  const location = new URL(begun.headers.get('location') ?? '', repository)
  location.searchParams.set('digest', digest)
  await mustSend(location.href, { method: 'PUT', body: await openAsBlob(path) })
}

async function mustSend(url: string, request: RequestInit): Promise<Response> {
  const response = await fetch(url, request)
  if (!response.ok) throw new Error(`${request.method} ${url}: ${response.status} ${await response.text()}`)
  await response.body?.cancel()
  return response
}
