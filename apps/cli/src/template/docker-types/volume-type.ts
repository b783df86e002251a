import { anyType, int64Type, mapOf, pointerTo, stringType, structOf, type GoType } from '../go-type.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })

/** What templates of `volume inspect` see first; what they do not find here they look for in the raw JSON. */
export const volumeType = structOf('volume.Volume', {
  ClusterVolume: optional(pointerTo(structOf('volume.ClusterVolume', {}))),
  CreatedAt: optional(stringType),
  Driver: stringType,
  Labels: mapOf(stringType),
  Mountpoint: stringType,
  Name: stringType,
  Options: mapOf(stringType),
  Scope: stringType,
  Status: optional(mapOf(anyType)),
  UsageData: optional(pointerTo(structOf('volume.UsageData', { RefCount: int64Type, Size: int64Type }))),
})
