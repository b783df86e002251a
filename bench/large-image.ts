import type { TarMember } from '@berth/layer'
import { createNumbers, createSampler, type SampleKind } from './sample-bytes.ts'

/** An image as its layers' members; the same in every run and on every machine. */
export interface SampleImage {
  name: 'large' | 'one-layer' | 'many-layers'
  title: string
  layers: Iterable<TarMember>[]
}

type Sampler = ReturnType<typeof createSampler>

/** What an application on a distribution looks like, its base alone, and one of many small steps. */
export function sampleImages(): SampleImage[] {
  const sample = createSampler()
  const base = () => [
    ...directories(['etc', 'usr', 'usr/lib', 'usr/share', 'usr/share/doc-base', 'app', 'tmp']),
    ...tree(sample, { root: 'usr/lib/base', seed: 1, files: 9500, sizeBytes: [500, 27_000], perFolder: 12 }),
    ...binaries(sample, { root: 'usr/lib/base', seed: 2, files: 20, sizeBytes: [500_000, 4_000_000] }),
  ]
  return [
    { name: 'large', title: '833 MB in 6 layers, 61,000 entries', layers: [base(), ...application(sample)] },
    { name: 'one-layer', title: '121 MB in one layer', layers: [base()] },
    { name: 'many-layers', title: '40 small layers', layers: smallLayers(sample) },
  ]
}

function application(sample: Sampler): Iterable<TarMember>[] {
  const packages = {
    root: 'usr/lib/packages',
    seed: 3,
    files: 34_000,
    sizeBytes: [500, 25_000],
    perFolder: 20,
  } as const
  const modules = {
    root: 'app/node_modules',
    seed: 5,
    files: 14_000,
    sizeBytes: [300, 22_000],
    perFolder: 20,
  } as const
  const whiteouts = ['0001', '0002', '0003'].map((name) => `app/node_modules/.wh.${name}`)
  return [
    [
      ...tree(sample, packages),
      ...binaries(sample, { ...packages, seed: 4, files: 62, sizeBytes: [1_000_000, 10_000_000] }),
    ],
    [{ name: 'app/package.json', body: '{"name":"bench-app","version":"1.0.0"}\n' }],
    [...tree(sample, modules)],
    [...tree(sample, { root: 'app/src', seed: 6, files: 300, sizeBytes: [500, 9000], perFolder: 30 })],
    [...whiteouts, 'usr/share/.wh.doc-base', 'app/.build-id'].map((name) => ({ name })),
  ]
}

function smallLayers(sample: Sampler): Iterable<TarMember>[] {
  return Array.from({ length: 40 }, (_, index) => {
    const name = String(index).padStart(2, '0')
    const hidden =
      index > 0 && index % 5 === 0 ? [{ name: `data/.wh.${String(index - 3).padStart(2, '0')}` }] : []
    return [
      ...directories(['data', 'shared']),
      ...tree(sample, {
        root: `data/${name}`,
        seed: 100 + index,
        files: 20,
        sizeBytes: [2000, 8000],
        perFolder: 20,
      }),
      { name: 'shared/overwritten', body: `written by layer ${name}\n` },
      ...hidden,
    ]
  })
}

const directories = (names: readonly string[]): TarMember[] =>
  names.map((name) => ({ name: `${name}/`, type: 'directory' }))

interface TreeShape {
  root: string
  seed: number
  files: number
  sizeBytes: readonly [number, number]
  perFolder: number
}

/** Small files in numbered folders, small ones more often than larger ones. */
function* tree(
  sample: Sampler,
  { root, seed, files, sizeBytes, perFolder }: TreeShape,
): Generator<TarMember> {
  const next = createNumbers(seed)
  yield* directories([root])
  for (let index = 0; index < files; index++) {
    const folder = `${root}/${String(Math.floor(index / perFolder)).padStart(4, '0')}`
    if (index % perFolder === 0) yield* directories([folder])
    const name = `${folder}/file-${index}.js`
    yield file(name, sample('text', { at: next(), sizeBytes: between(sizeBytes, next() * next()) }), index)
  }
}

function* binaries(sample: Sampler, shape: Omit<TreeShape, 'perFolder'>): Generator<TarMember> {
  const next = createNumbers(shape.seed)
  const kind: SampleKind = 'binary'
  for (let index = 0; index < shape.files; index++) {
    const body = sample(kind, { at: next(), sizeBytes: between(shape.sizeBytes, next()) })
    yield { ...file(`${shape.root}/lib-${index}.so`, body, index), mode: 0o755 }
  }
}

const between = ([least, most]: readonly [number, number], part: number): number =>
  Math.floor(least + part * (most - least))

const file = (name: string, body: Uint8Array, index: number): TarMember => ({
  name,
  body,
  mtimeSeconds: 1_704_067_200 + index,
})
