import type { ExecCreateRequest, HostConfig } from '@berth/api'
import type { ProcessSpec, RuntimeSpec } from '@berth/oci'
import {
  buildProcess,
  buildSpec,
  checkRootfs,
  readDevice,
  resolveUser,
  type DeviceOptions,
  type MountOptions,
  type ResourceOptions,
} from '@berth/runtime'
import { join } from 'node:path'
import type { ContainerContext } from '../container-context.ts'
import { rootfsPath } from './container-files.ts'
import { containerMounts } from '../config/container-mounts.ts'
import type { ContainerNetwork } from './container-network.ts'
import { namespaceOptions } from './container-namespaces.ts'
import type { ContainerRecord } from '../record/container-record.ts'
import { mergeEnvironment } from '../config/merge-config.ts'
import { securityOptions } from '../config/security-options.ts'

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The OCI runtime spec of a container whose root is mounted and whose network is connected. */
export function buildContainerSpec(
  context: ContainerContext,
  record: ContainerRecord,
  { rootfs, network }: { rootfs: string; network: ContainerNetwork },
): RuntimeSpec {
  const { config, hostConfig } = record
  const { features } = context.runtimes.resolve(record.runtime)
  checkRootfs(rootfs)
  const user = resolveUser(rootfs, config.User, hostConfig.GroupAdd ?? [])
  return buildSpec(
    {
      rootfs: { path: rootfs, isReadonly: hostConfig.ReadonlyRootfs },
      process: {
        args: [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])],
        env: environment(record, { isTerminal: config.Tty, home: user.home, added: [] }),
        cwd: config.WorkingDir || '/',
        user,
        isTerminal: config.Tty,
        rlimits: (hostConfig.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
          name: Name,
          soft: Soft,
          hard: Hard,
        })),
      },
      security: securityOptions(hostConfig),
      ...(config.Hostname ? { hostname: config.Hostname } : {}),
      ...(config.Domainname ? { domainname: config.Domainname } : {}),
      namespaces: namespaceOptions(context, record, network),
      cgroupsPath: cgroupOf(context, record),
      resources: resources(hostConfig),
      mounts: mounts(hostConfig, network),
      devices: devices(hostConfig),
      shmSizeBytes: hostConfig.ShmSize,
      sysctls: hostConfig.Sysctls ?? {},
      oomScoreAdj: hostConfig.OomScoreAdj,
    },
    { platform: context.specPlatform, features },
  )
}

/** Where its control groups lie, below the roots of the hierarchies. */
export function cgroupOf({ settings }: Pick<ContainerContext, 'settings'>, record: ContainerRecord): string {
  return join(record.hostConfig.CgroupParent || settings.cgroupParent, record.id)
}

/** The process of an exec: the container's own surroundings, with what the request changes. */
export function buildExecProcess(
  context: ContainerContext,
  record: ContainerRecord,
  request: ExecCreateRequest,
): ProcessSpec {
  const { config, hostConfig } = record
  const security = securityOptions(hostConfig)
  const user = resolveUser(
    rootfsPath(context, record.id),
    request.User || config.User,
    hostConfig.GroupAdd ?? [],
  )
  return buildProcess(
    {
      args: request.Cmd ?? [],
      env: environment(record, {
        isTerminal: request.Tty ?? false,
        home: user.home,
        added: request.Env ?? [],
      }),
      cwd: request.WorkingDir || config.WorkingDir || '/',
      user,
      isTerminal: request.Tty ?? false,
    },
    { ...security, isPrivileged: (security.isPrivileged ?? false) || (request.Privileged ?? false) },
    context.specPlatform,
  )
}

function environment(
  record: ContainerRecord,
  { isTerminal, home, added }: { isTerminal: boolean; home: string; added: readonly string[] },
): string[] {
  const { Hostname, Env } = record.config
  const own = [
    defaultPath,
    ...(Hostname ? [`HOSTNAME=${Hostname}`] : []),
    ...(isTerminal ? ['TERM=xterm'] : []),
    `HOME=${home}`,
  ]
  return mergeEnvironment(own, [...(Env ?? []), ...added])
}

function mounts(hostConfig: HostConfig, network: ContainerNetwork): MountOptions[] {
  const asked = containerMounts(hostConfig).map((mount): MountOptions => ({
    type: mount.type,
    source: mount.source,
    destination: mount.target,
    isReadonly: mount.isReadOnly,
    isNonRecursive: !mount.isRecursive,
    ...(mount.propagation ? { propagation: mount.propagation } : {}),
    tmpfsOptions: mount.tmpfsOptions,
  }))
  const taken = new Set(asked.map((mount) => mount.destination))
  const files = Object.entries(network.files).filter(([destination]) => !taken.has(destination))
  return [
    ...files.map(([destination, source]): MountOptions => ({
      type: 'bind',
      source,
      destination,
      isReadonly: hostConfig.ReadonlyRootfs,
    })),
    ...asked,
  ]
}

function devices(hostConfig: HostConfig): DeviceOptions[] {
  return (hostConfig.Devices ?? []).map(({ PathOnHost, PathInContainer, CgroupPermissions }) => ({
    device: readDevice(PathOnHost, PathInContainer || PathOnHost),
    access: CgroupPermissions || 'rwm',
  }))
}

function resources(hostConfig: HostConfig): ResourceOptions {
  return {
    memoryBytes: hostConfig.Memory,
    memoryReservationBytes: hostConfig.MemoryReservation,
    memorySwapBytes: hostConfig.MemorySwap,
    ...(hostConfig.MemorySwappiness === null ? {} : { memorySwappiness: hostConfig.MemorySwappiness }),
    isOomKillDisabled: hostConfig.OomKillDisable ?? false,
    cpuShares: hostConfig.CpuShares,
    cpuQuota: hostConfig.CpuQuota,
    cpuPeriod: hostConfig.CpuPeriod,
    nanoCpus: hostConfig.NanoCpus,
    cpusetCpus: hostConfig.CpusetCpus,
    cpusetMems: hostConfig.CpusetMems,
    pidsLimit: hostConfig.PidsLimit ?? 0,
    blkioWeight: hostConfig.BlkioWeight,
  }
}
