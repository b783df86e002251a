import {
  anyType,
  boolType,
  fieldsOf,
  int64Type,
  intType,
  mapOf,
  namedType,
  pointerTo,
  sliceOf,
  stringType,
  structOf,
  type GoType,
} from '../go-type.ts'
import { clientType } from './client-type.ts'
import { registryConfigType } from './registry-config-type.ts'

const optional = (type: GoType) => ({ type, omitEmpty: true })
const strings = sliceOf(stringType)
const pairsType = sliceOf({ ...strings, name: '[2]string' })
const commitType = structOf('system.Commit', { ID: stringType, Expected: optional(stringType) })

const runtimeType = structOf('system.RuntimeWithStatus', {
  Runtime: {
    type: structOf('system.Runtime', {
      Path: { type: stringType, jsonName: 'path', omitEmpty: true },
      Args: { type: strings, jsonName: 'runtimeArgs', omitEmpty: true },
      Type: { type: stringType, jsonName: 'runtimeType', omitEmpty: true },
      Options: { type: mapOf(anyType), jsonName: 'options', omitEmpty: true },
    }),
    embedded: true,
  },
  Status: { type: mapOf(stringType), jsonName: 'status', omitEmpty: true },
})

const swarmType = structOf('swarm.Info', {
  ...fieldsOf(stringType, 'NodeID', 'NodeAddr'),
  LocalNodeState: namedType('string', 'swarm.LocalNodeState'),
  ControlAvailable: boolType,
  Error: stringType,
  RemoteManagers: sliceOf(structOf('swarm.Peer', fieldsOf(stringType, 'NodeID', 'Addr'))),
  Nodes: optional(intType),
  Managers: optional(intType),
  Cluster: optional(pointerTo(structOf('swarm.ClusterInfo', {}))),
  Warnings: optional(strings),
})

const engineType = structOf('system.Info', {
  ID: stringType,
  ...fieldsOf(intType, 'Containers', 'ContainersRunning', 'ContainersPaused', 'ContainersStopped', 'Images'),
  Driver: stringType,
  DriverStatus: pairsType,
  SystemStatus: optional(pairsType),
  Plugins: structOf('system.PluginsInfo', fieldsOf(strings, 'Volume', 'Network', 'Authorization', 'Log')),
  ...fieldsOf(boolType, 'MemoryLimit', 'SwapLimit'),
  KernelMemory: optional(boolType),
  KernelMemoryTCP: optional(boolType),
  CPUCfsPeriod: { type: boolType, jsonName: 'CpuCfsPeriod' },
  CPUCfsQuota: { type: boolType, jsonName: 'CpuCfsQuota' },
  ...fieldsOf(boolType, 'CPUShares', 'CPUSet', 'PidsLimit', 'IPv4Forwarding', 'Debug'),
  NFd: intType,
  OomKillDisable: boolType,
  NGoroutines: intType,
  ...fieldsOf(stringType, 'SystemTime', 'LoggingDriver', 'CgroupDriver'),
  CgroupVersion: optional(stringType),
  NEventsListener: intType,
  ...fieldsOf(stringType, 'KernelVersion', 'OperatingSystem', 'OSVersion', 'OSType', 'Architecture'),
  IndexServerAddress: stringType,
  RegistryConfig: pointerTo(registryConfigType),
  NCPU: intType,
  MemTotal: int64Type,
  GenericResources: sliceOf(structOf('swarm.GenericResource', {})),
  DockerRootDir: stringType,
  HTTPProxy: { type: stringType, jsonName: 'HttpProxy' },
  HTTPSProxy: { type: stringType, jsonName: 'HttpsProxy' },
  ...fieldsOf(stringType, 'NoProxy', 'Name'),
  Labels: strings,
  ExperimentalBuild: boolType,
  ServerVersion: stringType,
  Runtimes: mapOf(runtimeType),
  DefaultRuntime: stringType,
  Swarm: swarmType,
  LiveRestoreEnabled: boolType,
  Isolation: namedType('string', 'container.Isolation'),
  InitBinary: stringType,
  ...fieldsOf(commitType, 'ContainerdCommit', 'RuncCommit', 'InitCommit'),
  SecurityOptions: strings,
  ProductLicense: optional(stringType),
  DefaultAddressPools: optional(
    sliceOf(structOf('system.NetworkAddressPool', { Base: stringType, Size: intType })),
  ),
  FirewallBackend: optional(
    pointerTo(structOf('system.FirewallInfo', { Driver: stringType, Info: optional(pairsType) })),
  ),
  CDISpecDirs: strings,
  DiscoveredDevices: optional(sliceOf(structOf('system.DeviceInfo', fieldsOf(stringType, 'Source', 'ID')))),
  Containerd: optional(
    pointerTo(
      structOf('system.ContainerdInfo', {
        Address: optional(stringType),
        Namespaces: structOf('system.ContainerdNamespaces', fieldsOf(stringType, 'Containers', 'Plugins')),
      }),
    ),
  ),
  Warnings: strings,
})

/** What templates of `info` see; the engine's half is nil when there is none to ask. */
export const infoType = structOf('system.dockerInfo', {
  Info: { type: pointerTo(engineType), embedded: true },
  ServerErrors: optional(strings),
  UserName: { type: stringType, jsonName: '-', omitEmpty: true },
  ClientInfo: optional(
    pointerTo(
      structOf('system.clientInfo', {
        Debug: boolType,
        clientVersion: { type: clientType, embedded: true },
        Plugins: sliceOf(structOf('manager.Plugin', fieldsOf(stringType, 'Name', 'Path', 'Version'))),
        Warnings: strings,
      }),
    ),
  ),
  ClientErrors: optional(strings),
})
