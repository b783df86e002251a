export type * from './monitor-api.ts'
export { removeCgroup } from './cgroups/remove-cgroup.ts'
export { connectMonitor } from './monitor-client/connect-monitor.ts'
export type { ConnectMonitorOptions } from './monitor-client/connect-monitor.ts'
export { cgroupProcesses } from './processes/cgroup-processes.ts'
export { listProcesses } from './processes/list-processes.ts'
export type { ProcessTable } from './processes/list-processes.ts'
export { findRuntimes, OciRuntimes } from './runtimes/oci-runtimes.ts'
export type { FindRuntimesOptions } from './runtimes/oci-runtimes.ts'
export type { OciRuntime } from './runtimes/probe-runtime.ts'
export type { RuntimeFeatures } from './runtimes/runtime-features.ts'
export { buildSpec } from './spec/build-spec.ts'
export type { SpecTarget } from './spec/spec-target.ts'
export { checkRootfs } from './spec/check-rootfs.ts'
export { readDevice } from './spec/devices.ts'
export { buildProcess } from './spec/process-spec.ts'
export { resolveUser } from './spec/resolve-user.ts'
export type { ResolvedUser } from './spec/resolve-user.ts'
export type { SeccompCondition, SeccompProfile, SeccompRule } from './spec/seccomp-profile.ts'
export type {
  DeviceOptions,
  MountOptions,
  NamespaceMode,
  NamespaceOptions,
  ProcessOptions,
  ResourceOptions,
  SecurityOptions,
  SpecOptions,
} from './spec/spec-options.ts'
export { readSpecPlatform } from './spec/spec-platform.ts'
export type { SpecPlatform } from './spec/spec-platform.ts'
