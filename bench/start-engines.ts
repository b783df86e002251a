import { type BenchEngine, createEngine, type EngineKind } from './bench-engine.ts'
import { type CachedImage, prepareImages } from './image-cache.ts'
import { seededHub } from './seeded-hub.ts'
import { createVolume } from './volume.ts'

/** Engines that run, with registries that hold the sample images; their data is on a volume of their own. */
export interface StartedEngines extends AsyncDisposable {
  engines: BenchEngine[]
  images: Record<CachedImage['name'], CachedImage>
  /** For files of clients. */
  directory: string
  /** Puts the images into the data of a registry. */
  fillHub: (data: string) => Promise<void>
}

export async function startEngines(kinds: readonly EngineKind[]): Promise<StartedEngines> {
  await using undo = new AsyncDisposableStack()
  const images = await prepareImages()
  const fillHub = await seededHub(images)
  const { directory } = undo.use(await createVolume())
  const engines: BenchEngine[] = []
  for (const kind of kinds) {
    const engine = undo.use(await createEngine(kind, { parent: directory, fillHub }))
    await engine.start()
    engines.push(engine)
  }
  const owned = undo.move()
  return {
    engines,
    fillHub,
    images: Object.fromEntries(images.map((image) => [image.name, image])) as StartedEngines['images'],
    directory,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What one of the sample images is called in the registry of an engine. */
export const inRegistry = ({ registry }: Pick<BenchEngine, 'registry'>, { name }: CachedImage): string =>
  `${registry}/bench/${name}:latest`
