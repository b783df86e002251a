import {
  int64Type,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
  uint8Type,
} from '../go-type.ts'

const optional = (jsonName: string, type: Parameters<typeof pointerTo>[0]) => ({
  jsonName,
  type,
  omitEmpty: true,
})

export const platformType = structOf('v1.Platform', {
  Architecture: { type: stringType, jsonName: 'architecture' },
  OS: { type: stringType, jsonName: 'os' },
  OSVersion: optional('os.version', stringType),
  OSFeatures: optional('os.features', sliceOf(stringType)),
  Variant: optional('variant', stringType),
})

/** A descriptor of the OCI image specification. */
export const descriptorType = structOf('v1.Descriptor', {
  MediaType: { type: stringType, jsonName: 'mediaType' },
  Digest: { type: namedType('string', 'digest.Digest'), jsonName: 'digest' },
  Size: { type: int64Type, jsonName: 'size' },
  URLs: optional('urls', sliceOf(stringType)),
  Annotations: optional('annotations', mapOf(stringType)),
  Data: optional('data', sliceOf(uint8Type)),
  Platform: optional('platform', pointerTo(platformType)),
  ArtifactType: optional('artifactType', stringType),
})
