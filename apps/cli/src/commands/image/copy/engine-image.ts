import { loadImages, saveImages, type EngineClient } from '@berth/client'
import { openImageSource, openImageTarget, type ImageSource, type ImageTarget } from '@berth/image-copy'
import { formatReference, parseReference, withDefaultTag } from '@berth/oci'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { showProgress } from '../../../terminal/show-progress.ts'

interface EnginePlace {
  client: EngineClient
  registry: Parameters<typeof openImageSource>[1]['registry']
  signal: AbortSignal
}

/** An image that the engine has: engines give images out as archives, so it is one while it is read. */
export async function openEngineSource(
  name: string,
  { client, registry, signal }: EnginePlace,
): Promise<ImageSource> {
  await using stack = new AsyncDisposableStack()
  const file = await temporaryArchive(stack)
  await pipeline(await saveImages(client, [name], { signal }), createWriteStream(file), { signal })
  const source = stack.use(await openImageSource({ kind: 'archive', file, name: undefined }, { registry }))
  const owned = stack.move()
  return { ...source, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A name that the engine is to have; it is there when the engine has taken the archive. */
export async function openEngineTarget(
  name: string,
  { client, registry, signal }: EnginePlace,
): Promise<ImageTarget> {
  await using stack = new AsyncDisposableStack()
  const file = await temporaryArchive(stack)
  const reference = formatReference(withDefaultTag(parseReference(name)))
  const target = stack.use(await openImageTarget({ kind: 'archive', file, name: reference }, { registry }))
  const owned = stack.move()
  return {
    ...target,
    async writeRoot(document) {
      await target.writeRoot(document, signal)
      const archive = createReadStream(file) as AsyncIterable<Uint8Array>
      await showProgress(loadImages(client, archive, { quiet: true, signal }), undefined)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function temporaryArchive(stack: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-copy-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'image.tar')
}
