import { gzipSync } from 'node:zlib'
import {
  digestOf,
  formatPlatform,
  mediaTypes,
  type Descriptor,
  type ImageConfig,
  type Platform,
} from '@berth/oci'
import type { ImageContent } from '@berth/registry-server'
import { amd64Program } from './amd64-program.ts'
import { arm64Program } from './arm64-program.ts'
import { assemble } from './assemble.ts'
import { elfExecutable, type ElfArchitecture } from './elf-executable.ts'
import { greeting } from './greeting.ts'
import { singleFileTar } from './single-file-tar.ts'

/** Fixed, so that the image has the same digest wherever it is made. */
const createdAt = '2026-11-01T00:00:00Z'
const programs = { amd64: amd64Program, arm64: arm64Program } as const

const platforms: readonly (Platform & { architecture: ElfArchitecture })[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
]

/** The image `hello-world`: one tiny static program for each platform, in one index. The same bytes on every call. */
export function helloWorldImage(): ImageContent {
  const images = platforms.map(platformImage)
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: images.map(({ manifest, platform }) => ({
      ...describe(manifest.mediaType, manifest.bytes),
      platform,
    })),
  }
  return {
    blobs: images.flatMap(({ blobs }) => blobs),
    manifests: [
      ...images.map(({ manifest }) => manifest),
      { mediaType: mediaTypes.ociIndex, bytes: toJson(index) },
    ],
  }
}

/** The program of one platform. */
export function helloExecutable({ architecture, ...platform }: (typeof platforms)[number]): Buffer {
  const text = Buffer.from(greeting(formatPlatform({ ...platform, architecture })))
  return elfExecutable(architecture, assemble(programs[architecture](text)))
}

function platformImage(platform: (typeof platforms)[number]) {
  const tar = singleFileTar('hello', helloExecutable(platform), Date.parse(createdAt) / 1000)
  const layer = gzip(tar)
  const config: ImageConfig = {
    ...platform,
    created: createdAt,
    config: { Cmd: ['/hello'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    history: [{ created: createdAt, created_by: 'berth-hub seed' }],
  }
  const configBytes = toJson(config)
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(mediaTypes.ociConfig, configBytes),
    layers: [describe(mediaTypes.ociLayerGzip, layer)],
  }
  return {
    platform,
    blobs: [layer, configBytes],
    manifest: { mediaType: mediaTypes.ociManifest, bytes: toJson(manifest) },
  }
}

function gzip(bytes: Uint8Array): Buffer {
  const compressed = gzipSync(bytes, { level: 9 })
  // RFC 1952, OS: zlib writes the machine it runs on, which says nothing here. 255 is "unknown".
  compressed[9] = 255
  return compressed
}

function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
