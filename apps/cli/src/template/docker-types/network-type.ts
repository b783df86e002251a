import { boolType, fieldsOf, intType, mapOf, sliceOf, stringType, structOf, type GoType } from '../go-type.ts'
import { timeType } from './time-types.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })

const ipamType = structOf('network.IPAM', {
  Driver: stringType,
  Options: mapOf(stringType),
  Config: sliceOf(
    structOf('network.IPAMConfig', {
      Subnet: optional(stringType),
      IPRange: optional(stringType),
      Gateway: optional(stringType),
      AuxAddress: { type: mapOf(stringType), jsonName: 'AuxiliaryAddresses', omitEmpty: true },
    }),
  ),
})

const containerType = structOf(
  'network.EndpointResource',
  fieldsOf(stringType, 'Name', 'EndpointID', 'MacAddress', 'IPv4Address', 'IPv6Address'),
)

const taskType = structOf('network.Task', {
  ...fieldsOf(stringType, 'Name', 'EndpointID', 'EndpointIP'),
  Info: mapOf(stringType),
})

/** What templates of `network inspect` see first; what they do not find here they look for in the raw JSON. */
export const networkType = structOf('network.Inspect', {
  Name: stringType,
  ID: { type: stringType, jsonName: 'Id' },
  Created: timeType,
  ...fieldsOf(stringType, 'Scope', 'Driver'),
  ...fieldsOf(boolType, 'EnableIPv4', 'EnableIPv6'),
  IPAM: ipamType,
  ...fieldsOf(boolType, 'Internal', 'Attachable', 'Ingress'),
  ConfigFrom: structOf('network.ConfigReference', { Network: stringType }),
  ConfigOnly: boolType,
  Containers: mapOf(containerType),
  ...fieldsOf(mapOf(stringType), 'Options', 'Labels'),
  Peers: optional(sliceOf(structOf('network.PeerInfo', fieldsOf(stringType, 'Name', 'IP')))),
  Services: optional(
    mapOf(
      structOf('network.ServiceInfo', {
        VIP: stringType,
        Ports: sliceOf(stringType),
        LocalLBIndex: intType,
        Tasks: sliceOf(taskType),
      }),
    ),
  ),
})
