import {
  boolType,
  fieldsOf,
  intType,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
} from '../go-type.ts'

const portType = namedType('string', 'nat.Port')
const portBindingType = structOf('nat.PortBinding', {
  HostIP: { type: stringType, jsonName: 'HostIp' },
  HostPort: stringType,
})
const addressesType = sliceOf(structOf('network.Address', { Addr: stringType, PrefixLen: intType }))

export const portMapType = { ...mapOf(sliceOf(portBindingType), portType), name: 'nat.PortMap' }
export const portSetType = { ...mapOf(structOf('struct {}', {}), portType), name: 'nat.PortSet' }

const ipamConfigType = structOf('network.EndpointIPAMConfig', {
  IPv4Address: { type: stringType, omitEmpty: true },
  IPv6Address: { type: stringType, omitEmpty: true },
  LinkLocalIPs: { type: sliceOf(stringType), omitEmpty: true },
})

const endpointType = structOf('network.EndpointSettings', {
  IPAMConfig: pointerTo(ipamConfigType),
  ...fieldsOf(sliceOf(stringType), 'Links', 'Aliases'),
  MacAddress: stringType,
  DriverOpts: mapOf(stringType),
  GwPriority: intType,
  ...fieldsOf(stringType, 'NetworkID', 'EndpointID', 'Gateway', 'IPAddress'),
  IPPrefixLen: intType,
  ...fieldsOf(stringType, 'IPv6Gateway', 'GlobalIPv6Address'),
  GlobalIPv6PrefixLen: intType,
  DNSNames: sliceOf(stringType),
})

const baseType = structOf('container.NetworkSettingsBase', {
  ...fieldsOf(stringType, 'Bridge', 'SandboxID', 'SandboxKey'),
  Ports: portMapType,
  HairpinMode: boolType,
  LinkLocalIPv6Address: stringType,
  LinkLocalIPv6PrefixLen: intType,
  ...fieldsOf(addressesType, 'SecondaryIPAddresses', 'SecondaryIPv6Addresses'),
})

const defaultType = structOf('container.DefaultNetworkSettings', {
  ...fieldsOf(stringType, 'EndpointID', 'Gateway', 'GlobalIPv6Address'),
  GlobalIPv6PrefixLen: intType,
  IPAddress: stringType,
  IPPrefixLen: intType,
  ...fieldsOf(stringType, 'IPv6Gateway', 'MacAddress'),
})

export const networkSettingsType = structOf('container.NetworkSettings', {
  NetworkSettingsBase: { type: baseType, embedded: true },
  DefaultNetworkSettings: { type: defaultType, embedded: true },
  Networks: mapOf(pointerTo(endpointType)),
})
