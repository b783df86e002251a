import { digestAlgorithm, Digester, digestHex, type Compression, type Digest } from '@berth/oci'
import { CodedError, EarlySync, isCoded, messageOf, noSpaceError, systemCode } from '@berth/stdx'
import { link, mkdir, open, unlink, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { decompress } from './decompress/decompress.ts'
import { detectCompression } from './decompress/file-compression.ts'
import { erofsImage } from './erofs/erofs-image.ts'
import { completeLimits, LimitedSize, type LayerLimits } from './layer-limits.ts'
import { readHead, readSource } from './read-source.ts'
import type { SourceGrowth } from './source-growth.ts'
import { TarReader } from './tar/tar-reader.ts'
import { LayerTree } from './tree/layer-tree.ts'

/** What `writeLayer` needs. */
export interface WriteLayerOptions {
  /** Path of the (compressed) layer blob. */
  source: string
  /**
   * Of a source that is still written: it is read as far as it is there. What comes out must not be used before the whole
   * blob was verified.
   */
  growth?: SourceGrowth
  /** As the media type says; `auto` looks at the first bytes. */
  compression: Compression | 'auto'
  /** What the blob was, or will be, verified to be: the digest of one that is not compressed is not computed anew. */
  digest?: Digest
  /** `erofs`: writes `layer.tar` and `layer.erofs`. `tree`: unpacks into `tree/`. */
  format: 'erofs' | 'tree'
  /** Existing empty directory. */
  directory: string
  limits?: Partial<LayerLimits>
  signal?: AbortSignal
  /** Called with the bytes read of the source so far, at most some times a second. */
  onProgress?: (readBytes: number) => void
}

export interface WrittenLayer {
  /** Digest of the uncompressed tar. */
  diffId: Digest
  /** Size of the uncompressed tar. */
  sizeBytes: number
  entries: number
  /** `tree` when the layer could not be expressed as EROFS and was unpacked instead. */
  format: 'erofs' | 'tree'
}

/**
 * Turns a layer blob into what a snapshotter commits, in one pass: the bytes are decompressed, hashed, written and
 * indexed as they arrive. Nothing is synced: `StagedLayer.commit` does that. After an error the directory may hold
 * anything; whoever made it removes it. Only CodedErrors are thrown: `invalid-argument` for an archive that is malformed
 * or beyond the limits, `data-loss` for one cut off, `cancelled`, `no-space`, and `internal` for what the disk refused.
 */
export async function writeLayer(options: WriteLayerOptions): Promise<WrittenLayer> {
  try {
    return await writeTarAndIndex(options)
  } catch (error) {
    if (options.signal?.aborted)
      throw new CodedError('cancelled', 'Cannot write layer: cancelled', { cause: error })
    const noSpace = noSpaceError(error, 'write layer')
    if (noSpace) throw noSpace
    if (isCoded(error)) throw error
    throw new CodedError('internal', `Cannot write layer: ${messageOf(error)}`, { cause: error })
  }
}

async function writeTarAndIndex(options: WriteLayerOptions): Promise<WrittenLayer> {
  const tarPath = join(options.directory, 'layer.tar')
  const isLinked = await linkSource(options, tarPath)
  await using tar = await open(tarPath, isLinked ? 'r' : 'wx+', 0o600)
  const isKnown = isLinked && options.digest !== undefined && digestAlgorithm(options.digest) === 'sha256'
  const earlySync = new EarlySync(tar)
  const target = {
    ...(isLinked ? {} : { output: { tar, earlySync } }),
    ...(isKnown ? { digest: options.digest } : {}),
  }
  try {
    const { tree, entries, digest, sizeBytes } = await unpackTar(options, target)
    const written = { diffId: digest, sizeBytes, entries }
    if (options.format === 'erofs' && (await writeIndex(options.directory, tree, written)))
      return { ...written, format: 'erofs' }
    await writeTree(options, tree, tar)
    await unlink(tarPath)
    return { ...written, format: 'tree' }
  } finally {
    // The index is made while the archive goes to the disk.
    await earlySync.settle()
  }
}

/** Answers of file systems that give a file no second name: another one, one that knows no links, too many links. */
const linkRefusals = new Set(['EXDEV', 'EPERM', 'EOPNOTSUPP', 'EMLINK'])

/** A blob that is not compressed is the tar already: it gets a second name, and nothing is written. */
async function linkSource(options: WriteLayerOptions, tarPath: string): Promise<boolean> {
  const { source, compression } = options
  const found = compression === 'auto' ? detectCompression(await readHead(sourceOf(options))) : compression
  if (found !== 'none') return false
  try {
    await link(source, tarPath)
    return true
  } catch (error) {
    if (linkRefusals.has(systemCode(error) ?? '')) return false
    throw error
  }
}

const sourceOf = ({ source, growth, signal }: WriteLayerOptions) => ({ path: source, growth, signal })

interface UnpackedTar {
  tree: LayerTree
  entries: number
  digest: Digest
  sizeBytes: number
}

interface Output {
  tar: FileHandle
  earlySync: EarlySync
}

/** Copies the uncompressed bytes into the archive, if they are not there yet, and learns what they hold. One write is under way while the next bytes come. */
async function unpackTar(
  options: WriteLayerOptions,
  { output, digest }: { output?: Output; digest?: Digest | undefined },
): Promise<UnpackedTar> {
  const limits = completeLimits(options.limits)
  const size = new LimitedSize(limits)
  const tree = new LayerTree(limits)
  let entries = 0
  const reader = new TarReader({
    headerBytesMax: limits.headerBytesMax,
    onEntry: (entry, bodyOffset) => {
      entries++
      tree.add(entry, bodyOffset)
    },
  })
  const digester = new Digester()
  let sizeBytes = 0
  let writing: Promise<unknown> = Promise.resolve()
  try {
    for await (const piece of decompress(countRead(options, size), { ...options, lends: true })) {
      options.signal?.throwIfAborted()
      size.addWritten(piece.length)
      if (digest === undefined) digester.update(piece)
      sizeBytes += piece.length
      reader.push(piece)
      await writing
      writing = write(output, piece)
      // Awaited in the next turn; a failure until then is not unhandled.
      writing.catch(() => {})
    }
    reader.end()
    tree.finish()
  } finally {
    await writing
  }
  return { tree, entries, digest: digest ?? digester.digest(), sizeBytes }
}

async function write(output: Output | undefined, piece: Uint8Array): Promise<void> {
  await output?.tar.writeFile(piece)
  output?.earlySync.wrote(piece.length)
}

const progressIntervalMs = 100

async function* countRead(options: WriteLayerOptions, size: LimitedSize): AsyncGenerator<Uint8Array> {
  const { onProgress } = options
  let reportedAt = 0
  for await (const piece of readSource(sourceOf(options))) {
    size.addRead(piece.length)
    yield piece
    const now = performance.now()
    if (now - reportedAt < progressIntervalMs) continue
    reportedAt = now
    onProgress?.(size.readBytes)
  }
  onProgress?.(size.readBytes)
}

/** Returns false when the layer cannot be expressed as EROFS; then nothing is written. */
async function writeIndex(
  directory: string,
  tree: LayerTree,
  { diffId, sizeBytes }: { diffId: Digest; sizeBytes: number },
): Promise<boolean> {
  const uuid = Buffer.from(digestHex(diffId), 'hex').subarray(0, 16)
  const image = erofsImage(tree.root, { tarBytes: sizeBytes, uuid })
  if (image === undefined) return false
  await writeFile(join(directory, 'layer.erofs'), image, { flag: 'wx', mode: 0o600 })
  return true
}

async function writeTree(options: WriteLayerOptions, tree: LayerTree, tar: FileHandle): Promise<void> {
  const path = join(options.directory, 'tree')
  await mkdir(path, { mode: 0o700 })
  await using root = await open(path, 'r')
  // Loaded here alone: the FFI library is a cost that mounted layers need not pay.
  const { extractTree } = await import('./extract/extract-tree.ts')
  await extractTree(tree.root, { rootFd: root.fd, tarFd: tar.fd, signal: options.signal })
}
