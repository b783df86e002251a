import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, mediaTypes, type Digest, type HistoryEntry } from '@berth/oci'
import { withParents } from './archived-parents.ts'

const idOf = (name: string): Digest => digestOf(`config of ${name}`)

function copied(name: string, history: HistoryEntry[], parent?: string) {
  const config = { mediaType: mediaTypes.ociConfig, digest: idOf(name), size: 1 }
  const image = {
    path: [digestOf(name)],
    manifest: { schemaVersion: 2 as const, mediaType: mediaTypes.ociManifest, config, layers: [] },
    config: {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers' as const, diff_ids: [] },
      history,
    },
  }
  return { name, image, parentId: parent === undefined ? undefined : idOf(parent) }
}

const first = { created: '2026-01-01T00:00:00Z', created_by: 'first' }
const second = { created: '2026-01-02T00:00:00Z', created_by: 'second' }

test('withParents() puts parents before what was made of them', () => {
  const images = withParents([copied('child', [first, second], 'base'), copied('base', [first])])
  assert.deepEqual(
    images.map(({ name, parentId }) => [name, parentId]),
    [
      ['base', undefined],
      ['child', idOf('base')],
    ],
  )
})

test('withParents() leaves an image alone whose parent is not in the archive', () => {
  assert.equal(withParents([copied('child', [first, second], 'base')])[0]?.parentId, undefined)
})

test('withParents() takes a history that was written anew', () => {
  const anew = {
    created: '2026-01-01T01:00:00.000+01:00',
    created_by: 'first',
    comment: '',
    empty_layer: false,
  }
  const images = withParents([copied('base', [first]), copied('child', [anew, second], 'base')])
  assert.equal(images[1]?.parentId, idOf('base'))
})

test('withParents() refuses a parent whose history the image does not go on with', () => {
  for (const history of [[], [first], [second, second], [first, second, second]])
    assert.throws(() => withParents([copied('base', [first]), copied('child', history, 'base')]), {
      code: 'invalid-argument',
      message: `Cannot load the archive: ${idOf('base')} is not the parent of ${idOf('child')}`,
    })
  assert.throws(() => withParents([copied('one', [], 'other'), copied('other', [], 'one')]), {
    code: 'invalid-argument',
  })
})
