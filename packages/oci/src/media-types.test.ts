import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  acceptedManifestTypes,
  isConfigType,
  isIndexType,
  isLayerType,
  isManifestType,
  isSchema1Type,
  layerCompression,
  mediaTypes,
} from './media-types.ts'

const kinds = { isConfigType, isIndexType, isLayerType, isManifestType, isSchema1Type }

test('mediaTypes are each of one kind at most', () => {
  for (const type of Object.values(mediaTypes)) {
    const of = Object.entries(kinds).flatMap(([name, isKind]) => (isKind(type) ? [name] : []))
    assert.deepEqual(of.length, type === mediaTypes.ociEmpty ? 0 : 1, `${type}: ${of.join()}`)
  }
})

test('layerCompression() is as the media type ends', () => {
  for (const type of Object.values(mediaTypes).filter(isLayerType)) {
    const ending = /[.+](gzip|zstd)$/.exec(type)?.[1]
    assert.equal(layerCompression(type), ending ?? 'none', type)
  }
})

test('kinds of media types know nothing of what objects inherit', () => {
  for (const type of ['', 'constructor', '__proto__', 'toString', 'application/json']) {
    for (const isKind of Object.values(kinds)) assert.equal(isKind(type), false)
    assert.equal(layerCompression(type), undefined)
  }
})

test('acceptedManifestTypes are the manifests and indexes, without schema 1', () => {
  const readable = Object.values(mediaTypes).filter((type) => isIndexType(type) || isManifestType(type))
  assert.deepEqual([...acceptedManifestTypes].sort(), readable.sort())
})
