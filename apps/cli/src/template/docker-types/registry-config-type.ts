import { boolType, fieldsOf, mapOf, pointerTo, sliceOf, stringType, structOf } from '../go-type.ts'

const strings = sliceOf(stringType)

const indexType = structOf('registry.IndexInfo', {
  Name: stringType,
  Mirrors: strings,
  ...fieldsOf(boolType, 'Secure', 'Official'),
})

/** How the engine reaches registries. */
export const registryConfigType = structOf('registry.ServiceConfig', {
  AllowNondistributableArtifactsCIDRs: { type: strings, omitEmpty: true },
  AllowNondistributableArtifactsHostnames: { type: strings, omitEmpty: true },
  InsecureRegistryCIDRs: sliceOf({ kind: 'string', name: '*registry.NetIPNet' }),
  IndexConfigs: mapOf(pointerTo(indexType)),
  Mirrors: strings,
})
