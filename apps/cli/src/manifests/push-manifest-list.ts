import { formatReference, type Digest, type Reference } from '@berth/oci'
import type { RegistryClient } from '@berth/registry-client'
import { checkPlatformsNamed, checkSameRegistry } from './check-list.ts'
import { listDocument } from './list-document.ts'
import type { ListedManifest } from './listed-manifest.ts'

export interface PushListOptions {
  list: Reference
  manifests: readonly ListedManifest[]
  signal: AbortSignal
  /** Told a line for each manifest that was brought over from another repository. */
  onPushed: (line: string) => void
}

/** Brings what other repositories of the registry hold into that of the list, then the list; returns its digest. */
export async function pushManifestList(
  registry: RegistryClient,
  { list, manifests, signal, onPushed }: PushListOptions,
): Promise<Digest> {
  checkPlatformsNamed(manifests)
  checkSameRegistry(manifests, list)
  const foreign = manifests.filter(({ reference }) => reference.repository !== list.repository)
  for (const manifest of foreign) await bringBlobs(registry, manifest, { list, signal })
  const { tag: _, digest: __, ...repository } = list
  for (const { descriptor, raw } of foreign) {
    await registry.pushManifest(repository, { descriptor, bytes: raw }, { signal })
    const reference = formatReference({ ...repository, digest: descriptor.digest })
    onPushed(`Pushed ref ${reference} with digest: ${descriptor.digest}`)
  }
  const document = listDocument(manifests)
  await registry.pushManifest(list, document, { signal })
  return document.descriptor.digest
}

/** Mounted where the registry can, else copied. */
async function bringBlobs(
  registry: RegistryClient,
  { reference, manifest }: ListedManifest,
  { list, signal }: Pick<PushListOptions, 'list' | 'signal'>,
): Promise<void> {
  for (const descriptor of [manifest.config, ...manifest.layers]) {
    const open = (start: number) => registry.fetchBlob(reference, descriptor, { start, signal })
    await registry.pushBlob(list, { descriptor, open }, { origins: [reference.repository], signal })
  }
}
