import {
  boolType,
  fieldsOf,
  type GoType,
  int64Type,
  intType,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
  uint16Type,
  uint64Type,
  uintType,
} from '../go-type.ts'
import { portMapType } from './network-settings-type.ts'

export const strSliceType = { ...sliceOf(stringType), name: 'strslice.StrSlice' }

const mode = (name: string) => namedType('string', `container.${name}`)
const optional = (type: GoType) => ({ type, omitEmpty: true })
const pointers = (type: GoType) => sliceOf(pointerTo(type))

const weightType = structOf('blkiodev.WeightDevice', { Path: stringType, Weight: uint16Type })
const throttleType = structOf('blkiodev.ThrottleDevice', { Path: stringType, Rate: uint64Type })
const deviceType = structOf(
  'container.DeviceMapping',
  fieldsOf(stringType, 'PathOnHost', 'PathInContainer', 'CgroupPermissions'),
)
const deviceRequestType = structOf('container.DeviceRequest', {
  Driver: stringType,
  Count: intType,
  DeviceIDs: sliceOf(stringType),
  Capabilities: sliceOf(sliceOf(stringType)),
  Options: mapOf(stringType),
})
const ulimitType = structOf('units.Ulimit', { Name: stringType, ...fieldsOf(int64Type, 'Hard', 'Soft') })

const resourcesType = structOf('container.Resources', {
  CPUShares: { type: int64Type, jsonName: 'CpuShares' },
  Memory: int64Type,
  NanoCPUs: { type: int64Type, jsonName: 'NanoCpus' },
  CgroupParent: stringType,
  BlkioWeight: uint16Type,
  BlkioWeightDevice: pointers(weightType),
  ...fieldsOf(
    pointers(throttleType),
    'BlkioDeviceReadBps',
    'BlkioDeviceWriteBps',
    'BlkioDeviceReadIOps',
    'BlkioDeviceWriteIOps',
  ),
  CPUPeriod: { type: int64Type, jsonName: 'CpuPeriod' },
  CPUQuota: { type: int64Type, jsonName: 'CpuQuota' },
  CPURealtimePeriod: { type: int64Type, jsonName: 'CpuRealtimePeriod' },
  CPURealtimeRuntime: { type: int64Type, jsonName: 'CpuRealtimeRuntime' },
  ...fieldsOf(stringType, 'CpusetCpus', 'CpusetMems'),
  Devices: sliceOf(deviceType),
  DeviceCgroupRules: sliceOf(stringType),
  DeviceRequests: sliceOf(deviceRequestType),
  KernelMemory: optional(int64Type),
  KernelMemoryTCP: optional(int64Type),
  ...fieldsOf(int64Type, 'MemoryReservation', 'MemorySwap'),
  MemorySwappiness: pointerTo(int64Type),
  OomKillDisable: pointerTo(boolType),
  PidsLimit: pointerTo(int64Type),
  Ulimits: pointers(ulimitType),
  CPUCount: { type: int64Type, jsonName: 'CpuCount' },
  CPUPercent: { type: int64Type, jsonName: 'CpuPercent' },
  ...fieldsOf(uint64Type, 'IOMaximumIOps', 'IOMaximumBandwidth'),
})

const mountType = structOf('mount.Mount', {
  Type: optional(namedType('string', 'mount.Type')),
  Source: optional(stringType),
  Target: optional(stringType),
  ReadOnly: optional(boolType),
  Consistency: optional(namedType('string', 'mount.Consistency')),
})

export const hostConfigType = structOf('container.HostConfig', {
  Binds: sliceOf(stringType),
  ContainerIDFile: stringType,
  LogConfig: structOf('container.LogConfig', { Type: stringType, Config: mapOf(stringType) }),
  NetworkMode: mode('NetworkMode'),
  PortBindings: portMapType,
  RestartPolicy: structOf('container.RestartPolicy', {
    Name: mode('RestartPolicyMode'),
    MaximumRetryCount: intType,
  }),
  AutoRemove: boolType,
  VolumeDriver: stringType,
  VolumesFrom: sliceOf(stringType),
  ConsoleSize: { ...sliceOf(uintType), name: '[2]uint' },
  Annotations: optional(mapOf(stringType)),
  ...fieldsOf(strSliceType, 'CapAdd', 'CapDrop'),
  CgroupnsMode: mode('CgroupnsMode'),
  DNS: { type: sliceOf(stringType), jsonName: 'Dns' },
  DNSOptions: { type: sliceOf(stringType), jsonName: 'DnsOptions' },
  DNSSearch: { type: sliceOf(stringType), jsonName: 'DnsSearch' },
  ...fieldsOf(sliceOf(stringType), 'ExtraHosts', 'GroupAdd'),
  IpcMode: mode('IpcMode'),
  Cgroup: mode('CgroupSpec'),
  Links: sliceOf(stringType),
  OomScoreAdj: intType,
  PidMode: mode('PidMode'),
  ...fieldsOf(boolType, 'Privileged', 'PublishAllPorts', 'ReadonlyRootfs'),
  SecurityOpt: sliceOf(stringType),
  StorageOpt: optional(mapOf(stringType)),
  Tmpfs: optional(mapOf(stringType)),
  UTSMode: mode('UTSMode'),
  UsernsMode: mode('UsernsMode'),
  ShmSize: int64Type,
  Sysctls: optional(mapOf(stringType)),
  Runtime: optional(stringType),
  Isolation: mode('Isolation'),
  Resources: { type: resourcesType, embedded: true },
  Mounts: optional(sliceOf(mountType)),
  ...fieldsOf(sliceOf(stringType), 'MaskedPaths', 'ReadonlyPaths'),
  Init: optional(pointerTo(boolType)),
})
