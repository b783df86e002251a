import { boolType, mapOf, pointerTo, sliceOf, stringType, structOf, fieldsOf } from '../go-type.ts'
import { clientType } from './client-type.ts'

const componentType = structOf('types.ComponentVersion', {
  ...fieldsOf(stringType, 'Name', 'Version'),
  Details: { type: mapOf(stringType), omitEmpty: true },
})

const serverType = structOf('types.Version', {
  Platform: structOf('struct { Name string }', { Name: stringType }),
  Components: { type: sliceOf(componentType), omitEmpty: true },
  Version: stringType,
  APIVersion: { type: stringType, jsonName: 'ApiVersion' },
  MinAPIVersion: { type: stringType, omitEmpty: true },
  ...fieldsOf(stringType, 'GitCommit', 'GoVersion', 'Os', 'Arch'),
  KernelVersion: { type: stringType, omitEmpty: true },
  Experimental: { type: boolType, omitEmpty: true },
  BuildTime: { type: stringType, omitEmpty: true },
})

/** What templates of `version` see. */
export const versionType = structOf('system.versionInfo', {
  Client: clientType,
  Server: pointerTo(serverType),
})
