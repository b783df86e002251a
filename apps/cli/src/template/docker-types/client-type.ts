import { pointerTo, stringType, structOf } from '../go-type.ts'

/** What `version` and `info` tell of the client. */
export const clientType = structOf('system.clientVersion', {
  Platform: { type: pointerTo(structOf('struct { Name string }', { Name: stringType })), omitEmpty: true },
  Version: { type: stringType, omitEmpty: true },
  APIVersion: { type: stringType, jsonName: 'ApiVersion', omitEmpty: true },
  DefaultAPIVersion: { type: stringType, omitEmpty: true },
  GitCommit: { type: stringType, omitEmpty: true },
  GoVersion: { type: stringType, omitEmpty: true },
  Os: { type: stringType, omitEmpty: true },
  Arch: { type: stringType, omitEmpty: true },
  BuildTime: { type: stringType, omitEmpty: true },
  Context: stringType,
})
