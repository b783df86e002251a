import type { Digest, Manifest } from '@berth/oci'
import type { Image } from '../images.ts'
import { imageSize, platformImage } from './image-reader.ts'
import { fieldsOf, listOf, textOf, textsOf, type JsonFields } from './lenient-json.ts'

const layersMax = 500
const historyMax = 500
const commandLengthMax = 10_000
const labelsMax = { max: 200, lengthMax: 4000 }

/** What an image says of itself, as far as it makes sense: anybody may have written it. */
export function imageOf(digest: Digest, manifest: Manifest, config: JsonFields): Image {
  return {
    ...platformImage(digest, config, imageSize(manifest)),
    mediaType: manifest.mediaType,
    createdAt: textOf(config['created']),
    author: textOf(config['author']),
    labels: textsOf(fieldsOf(config['config'])['Labels'], labelsMax),
    layers: manifest.layers.slice(0, layersMax).map(({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      sizeBytes: size,
    })),
    history: listOf(config['history'], historyMax).map(historyEntry),
  }
}

function historyEntry(value: unknown): Image['history'][number] {
  const fields = fieldsOf(value)
  return {
    createdAt: textOf(fields['created']),
    createdBy: textOf(fields['created_by'], commandLengthMax) ?? '',
    comment: textOf(fields['comment'], commandLengthMax) ?? '',
    isEmptyLayer: fields['empty_layer'] === true,
  }
}
