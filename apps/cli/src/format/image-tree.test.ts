import assert from 'node:assert/strict'
import type { ImageManifestSummary, ImageSummary } from '@berth/api'
import { test } from 'node:test'
import { formatImageTree } from './image-tree.ts'

const id = (digit: string) => `sha256:${digit.repeat(64)}`

const platform = (digit: string, architecture: string, containers: string[] = []): ImageManifestSummary => ({
  ID: id(digit),
  Descriptor: { mediaType: 'x', digest: id(digit), size: 3 },
  Available: true,
  Size: { Total: 3_000_000, Content: 1_000_000 },
  Kind: 'image',
  ImageData: { Platform: { os: 'linux', architecture }, Containers: containers, Size: { Unpacked: 1 } },
})

const attestation: ImageManifestSummary = {
  ID: id('9'),
  Descriptor: { mediaType: 'x', digest: id('9'), size: 3 },
  Available: true,
  Size: { Total: 5000, Content: 5000 },
  Kind: 'attestation',
}

const image = (fields: Partial<ImageSummary>): ImageSummary => ({
  Id: id('0'),
  ParentId: '',
  RepoTags: [],
  RepoDigests: [],
  Created: 0,
  Size: 8_000_000,
  SharedSize: -1,
  Labels: null,
  Containers: 0,
  ...fields,
})

const images = [
  image({ Id: id('a'), RepoTags: ['old:1'], Created: 1 }),
  image({ Id: id('b'), Created: 2 }),
  image({
    Id: id('c'),
    RepoTags: ['new:latest', 'new:3'],
    Created: 3,
    Manifests: [platform('1', 'amd64', ['web']), platform('2', 'arm64'), attestation],
  }),
]

test('formatImageTree() shows names above and platforms below each image', async () => {
  assert.deepEqual((await formatImageTree(images, { all: false, columns: undefined })).split('\n'), [
    'IMAGE            ID             DISK USAGE   CONTENT SIZE   EXTRA',
    'new:3',
    'new:latest       cccccccccccc          8MB            2MB   U',
    '├─ linux/amd64   111111111111          3MB            1MB   U',
    '└─ linux/arm64   222222222222          3MB            1MB',
    '',
    'old:1            aaaaaaaaaaaa          8MB             0B',
    '',
    '',
  ])
})

test('formatImageTree() shows images without a name when asked for all', async () => {
  assert.match(await formatImageTree(images, { all: true, columns: undefined }), /^<untagged> +bbbbbbbbbbbb/m)
})

test('formatImageTree() cuts names to fit a terminal', async () => {
  const long = [image({ Id: id('a'), RepoTags: [`localhost:5000/${'a'.repeat(60)}:v1`] })]
  for (const line of (await formatImageTree(long, { all: false, columns: 80 })).split('\n'))
    assert.ok(line.length <= 80, line)
})
