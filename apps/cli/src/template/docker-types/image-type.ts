import {
  boolType,
  fieldsOf,
  int64Type,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
  type GoType,
} from '../go-type.ts'
import { descriptorType, platformType } from './descriptor-type.ts'
import { driverDataType } from './driver-data-type.ts'
import { healthcheckType } from './healthcheck-type.ts'
import { timeType } from './time-types.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })
const setType = mapOf(structOf('struct {}', {}))

const ociConfigType = structOf('v1.ImageConfig', {
  User: optional(stringType),
  ExposedPorts: optional(setType),
  Env: optional(sliceOf(stringType)),
  Entrypoint: optional(sliceOf(stringType)),
  Cmd: optional(sliceOf(stringType)),
  Volumes: optional(setType),
  WorkingDir: optional(stringType),
  Labels: optional(mapOf(stringType)),
  StopSignal: optional(stringType),
  ArgsEscaped: optional(boolType),
})

const configType = structOf('v1.DockerOCIImageConfig', {
  ImageConfig: { type: ociConfigType, embedded: true },
  DockerOCIImageConfigExt: {
    type: structOf('v1.DockerOCIImageConfigExt', {
      Healthcheck: optional(pointerTo(healthcheckType)),
      OnBuild: optional(sliceOf(stringType)),
      Shell: optional(sliceOf(stringType)),
    }),
    embedded: true,
  },
})

const manifestType = structOf('image.ManifestSummary', {
  ID: stringType,
  Descriptor: descriptorType,
  Available: boolType,
  Size: structOf('struct { Content int64 "json:\\"Content\\""; Total int64 "json:\\"Total\\"" }', {
    ...fieldsOf(int64Type, 'Content', 'Total'),
  }),
  Kind: namedType('string', 'image.ManifestKind'),
  ImageData: optional(
    pointerTo(
      structOf('image.ImageProperties', {
        Platform: platformType,
        Size: structOf('struct { Unpacked int64 "json:\\"Unpacked\\"" }', { Unpacked: int64Type }),
        Containers: sliceOf(stringType),
      }),
    ),
  ),
  AttestationData: optional(
    pointerTo(structOf('image.AttestationProperties', { For: namedType('string', 'digest.Digest') })),
  ),
})

/** What templates of `image inspect` see first; what they do not find here they look for in the raw JSON. */
export const imageType = structOf('image.InspectResponse', {
  ID: { type: stringType, jsonName: 'Id' },
  ...fieldsOf(sliceOf(stringType), 'RepoTags', 'RepoDigests'),
  ...fieldsOf(stringType, 'Parent', 'Comment'),
  Created: optional(stringType),
  Container: optional(stringType),
  ContainerConfig: optional(pointerTo(structOf('container.Config', {}))),
  ...fieldsOf(stringType, 'DockerVersion', 'Author'),
  Config: pointerTo(configType),
  Architecture: stringType,
  Variant: optional(stringType),
  Os: stringType,
  OsVersion: optional(stringType),
  Size: int64Type,
  VirtualSize: optional(int64Type),
  GraphDriver: driverDataType,
  RootFS: structOf('image.RootFS', { Type: optional(stringType), Layers: optional(sliceOf(stringType)) }),
  Metadata: structOf('image.Metadata', { LastTagTime: optional(timeType) }),
  Descriptor: optional(pointerTo(descriptorType)),
  Manifests: optional(sliceOf(manifestType)),
})
