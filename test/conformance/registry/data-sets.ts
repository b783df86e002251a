import { randomBytes } from 'node:crypto'
import { digestOf, mediaTypes, type Descriptor, type Digest, type DigestAlgorithm } from '@berth/oci'
import { gzipSync } from 'node:zlib'

/** One manifest or index as it is pushed. */
export interface PushedManifest {
  digest: Digest
  mediaType: string
  bytes: Buffer
  tags: string[]
  subject: Digest | undefined
  /** How a list of referrers shows it. */
  referrer: Descriptor & { artifactType: string }
}

/** Content of one kind: everything it takes to push it, and what must be there then. Children come before parents. */
export class DataSet {
  readonly blobs = new Map<Digest, Buffer>()
  readonly manifests: PushedManifest[] = []
  readonly #algorithm: DigestAlgorithm

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm
  }

  addBlob(mediaType: string, bytes: Buffer): Descriptor {
    const digest = digestOf(bytes, this.#algorithm)
    this.blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }

  addManifest(document: { mediaType: string; subject?: Descriptor }, tags: string[] = []): Descriptor {
    const { mediaType, subject } = document
    const bytes = Buffer.from(JSON.stringify(document))
    const descriptor = { mediaType, digest: digestOf(bytes, this.#algorithm), size: bytes.length }
    const { artifactType, config, annotations } = document as unknown as Partial<ImageDocument>
    const referrer = {
      ...descriptor,
      artifactType: artifactType ?? config?.mediaType ?? '',
      ...(annotations && { annotations }),
    }
    this.manifests.push({ ...descriptor, bytes, tags, subject: subject?.digest, referrer })
    return descriptor
  }

  /** An image of two layers; `extra` is what makes its manifest special. */
  addImage(extra: object = {}, tags: string[] = []): Descriptor {
    const layers = [1, 2].map(() => this.addBlob(mediaTypes.ociLayerGzip, gzipSync(randomBytes(512))))
    return this.addManifest(imageDocument(this.#config(), layers, extra), tags)
  }

  addArtifact(extra: object = {}, tags: string[] = []): Descriptor {
    const empty = this.addBlob(mediaTypes.ociEmpty, Buffer.from('{}'))
    const layer = this.addBlob('application/vnd.example.data', randomBytes(100))
    return this.addManifest(
      imageDocument(empty, [layer], { artifactType: 'application/vnd.example.one', ...extra }),
      tags,
    )
  }

  addIndex(manifests: Descriptor[], tags: string[] = [], extra: object = {}): Descriptor {
    return this.addManifest(
      Object.assign({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }, extra),
      tags,
    )
  }

  addPlatforms(tags: string[] = [], extra: object = {}): Descriptor {
    const platforms = ['amd64', 'arm64'].map((architecture) => ({
      ...this.addImage(extra),
      platform: { os: 'linux', architecture },
    }))
    return this.addIndex(platforms, tags, extra)
  }

  #config(): Descriptor {
    const bytes = Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'amd64', 'org.example.random': Math.random() }),
    )
    return this.addBlob(mediaTypes.ociConfig, bytes)
  }
}

interface ImageDocument {
  artifactType: string
  config: Descriptor
  annotations: Record<string, string>
}

function imageDocument(config: Descriptor, layers: object[], extra: object) {
  return { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers, ...extra }
}

const missing: Descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest: digestOf('missing content'),
  size: 123,
}

/** Every kind of content that the conformance contract names, by the name of its group. */
export const dataSets: readonly [name: string, build: () => DataSet][] = [
  ['image', () => filled((set) => set.addImage({}, ['image']))],
  ['image-uncompressed', () => filled(addUncompressedImage)],
  ['large-manifest', () => filled((set) => set.addImage({ annotations: largeAnnotations() }, ['large']))],
  ['index', () => filled((set) => set.addPlatforms(['index']))],
  [
    'nested-index',
    () => filled((set) => set.addIndex([set.addPlatforms(), set.addPlatforms()], ['index-of-index'])),
  ],
  ['empty-index', () => filled((set) => set.addIndex([], ['empty-index']))],
  ['artifact', () => filled((set) => set.addArtifact({}, ['artifact']))],
  [
    'artifact-index',
    () =>
      filled((set) =>
        set.addIndex([set.addArtifact(), set.addArtifact()], ['artifact-index'], {
          artifactType: 'application/vnd.example.list',
        }),
      ),
  ],
  ['artifact-without-layers', () => filled(addEmptyArtifact)],
  ['no-layers', () => filled((set) => set.addImage({ layers: [] }, ['no-layers']))],
  ['artifacts-with-subject', () => filled(addArtifactsWithSubject)],
  ['index-with-subject', () => filled(addIndexWithSubject)],
  ['missing-subject', () => filled((set) => set.addArtifact({ subject: missing }, ['missing-subject']))],
  ['data-field', () => filled(addDataField)],
  ['custom-fields', () => filled((set) => set.addPlatforms(['custom'], { 'org.example.x': { kept: 1.5 } }))],
  ['non-distributable-layers', () => filled(addForeignLayers)],
  ['sha512', () => filled((set) => set.addPlatforms(), 'sha512')],
  ['tag-param-sha256', () => filled((set) => set.addPlatforms(manyTags('sha256')))],
  ['tag-param-sha512', () => filled((set) => set.addPlatforms(manyTags('sha512')), 'sha512')],
]

function filled(fill: (set: DataSet) => unknown, algorithm?: DigestAlgorithm): DataSet {
  const set = new DataSet(algorithm)
  fill(set)
  return set
}

function addUncompressedImage(set: DataSet): void {
  const layers = [1, 2].map(() => set.addBlob(mediaTypes.ociLayer, randomBytes(1024)))
  const config = set.addBlob(mediaTypes.ociConfig, Buffer.from('{"os":"linux"}'))
  set.addManifest(imageDocument(config, layers, {}), ['uncompressed'])
}

function largeAnnotations(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 390 }, (_, index) => [`large-${index}`, 'A'.repeat(10_000)]))
}

function addEmptyArtifact(set: DataSet): void {
  const empty = set.addBlob(mediaTypes.ociEmpty, Buffer.from('{}'))
  set.addManifest(imageDocument(empty, [empty], { artifactType: 'application/vnd.example.one' }), ['empty'])
}

function addArtifactsWithSubject(set: DataSet): void {
  const subject = set.addImage({}, ['subject'])
  set.addImage({ subject })
  const annotations = { 'org.example.note': 'hello' }
  set.addArtifact({ subject, annotations }, ['signature'])
  set.addArtifact({ subject, annotations, artifactType: 'application/vnd.example.two' }, ['sbom'])
}

function addIndexWithSubject(set: DataSet): void {
  const subject = set.addPlatforms(['subject'])
  const extra = { subject, artifactType: 'application/vnd.example.list', annotations: { note: 'list' } }
  set.addIndex([set.addArtifact(), set.addArtifact()], ['list'], extra)
}

function addDataField(set: DataSet): void {
  const bytes = Buffer.from('{}')
  const empty = { ...set.addBlob(mediaTypes.ociEmpty, bytes), data: bytes.toString('base64') }
  set.addManifest(imageDocument(empty, [empty], { artifactType: 'application/vnd.example.one' }), ['data'])
}

function addForeignLayers(set: DataSet): void {
  const foreign = [mediaTypes.ociLayerNondistributableGzip, mediaTypes.ociLayerNondistributable].map(
    (mediaType) => ({
      mediaType,
      digest: digestOf(randomBytes(20)),
      size: 123_456,
      urls: ['https://store.example.com/blobs/x'],
    }),
  )
  const layer = set.addBlob(mediaTypes.ociLayerGzip, gzipSync(randomBytes(64)))
  const config = set.addBlob(mediaTypes.ociConfig, Buffer.from('{"os":"windows"}'))
  set.addManifest(imageDocument(config, [...foreign, layer], {}), ['foreign'])
}

function manyTags(prefix: string): string[] {
  return Array.from({ length: 10 }, (_, index) => `${prefix}-${index}`)
}
