export { formatAge } from './age.ts'
export { formatBinarySize, formatSize, parseBinarySize, parseSize } from './byte-size.ts'
export { booleanFilter, formatFilters, matchesLabels, parseFilters } from './filters.ts'
export type { Filters } from './filters.ts'
export { parseGoBoolean, parseQueryBoolean } from './go-boolean.ts'
export { parseGoDuration } from './go-duration.ts'
export { goFileMode, goFileType } from './go-file-mode.ts'
export type { GoFileType } from './go-file-mode.ts'
export { formatPathStat, parsePathStat, pathStatHeader } from './path-stat.ts'
export type { PathStat } from './path-stat.ts'
export { encodeFrame, FrameDecoder } from './raw-stream.ts'
export type { Frame, RawStreamName } from './raw-stream.ts'
export { decodeRegistryAuth, encodeRegistryAuth } from './registry-auth.ts'
export type { CheckMessage, CheckProblem, CheckSummary } from './types/check.ts'
export type { DownMirror, MirrorReport, ReloadReport } from './types/mirrors.ts'
export type {
  StringSet,
  ContainerConfig,
  NetworkingConfig,
  ContainerCreateRequest,
  ContainerCreateResponse,
} from './types/container-config.ts'
export type {
  ContainerStats,
  PidsStats,
  BlkioEntry,
  BlkioStats,
  CpuStats,
  MemoryStats,
  NetworkStats,
} from './types/container-stats.ts'
export type {
  ContainerStatus,
  ContainerSummary,
  ContainerPort,
  MountPoint,
  ContainerInspect,
  ContainerState,
  HealthStatus,
  Health,
  HealthResult,
  ContainerNetworkSettings,
  ContainerWaitResponse,
  WaitCondition,
  ContainerTop,
  FilesystemChange,
  ContainerPruneResponse,
} from './types/container.ts'
export type { ExecCreateRequest, ExecStartRequest, ExecInspect } from './types/exec.ts'
export type {
  HostConfig,
  Resources,
  LogConfig,
  PortMap,
  PortBinding,
  RestartPolicy,
  WeightDevice,
  ThrottleDevice,
  DeviceMapping,
  DeviceRequest,
  Ulimit,
  MountType,
  Mount,
  BindOptions,
  VolumeOptions,
  TmpfsOptions,
} from './types/host-config.ts'
export type {
  ImageSummary,
  ImageDescriptor,
  ImageManifestSummary,
  ImageInspect,
  ImageInspectConfig,
  GraphDriver,
  ImageHistoryItem,
  ImageDeleteItem,
  ImageSearchItem,
  ImagePruneResponse,
  DistributionInspect,
} from './types/image.ts'
export type {
  EndpointSettings,
  EndpointIpamConfig,
  Network,
  NetworkContainer,
  Ipam,
  IpamConfig,
  NetworkCreateRequest,
  NetworkCreateResponse,
  NetworkConnectRequest,
  NetworkDisconnectRequest,
  NetworkPruneResponse,
} from './types/network.ts'
export type { JsonMessage, ProgressDetail, ErrorDetail, PushResult } from './types/progress.ts'
export type {
  Version,
  VersionComponent,
  Ping,
  Info,
  PluginsInfo,
  RegistryServiceConfig,
  IndexInfo,
  RuntimeInfo,
  SwarmInfo,
  Commit,
  AuthRequest,
  AuthResponse,
  EventMessage,
  EventType,
  EventActor,
  DiskUsage,
  BuildCacheRecord,
  BuildPruneResponse,
  ErrorResponse,
  IdResponse,
} from './types/system.ts'
export type { Volume, VolumeList, VolumeCreateRequest, VolumePruneResponse } from './types/volume.ts'
export { apiVersion, apiVersionFloor, apiVersionMin, compareVersions, versionAtLeast } from './versions.ts'
