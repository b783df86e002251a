import type { ContainerInspect, PortMap } from '@berth/api'
import { getContainer } from './record/find-container.ts'
import type { ContainerContext } from './container-context.ts'
import { logPath } from './process/container-files.ts'
import { networkFiles } from './process/container-network.ts'
import type { ContainerRecord } from './record/container-record.ts'
import { endpointSettings, noEndpoint } from './record/endpoint-settings.ts'
import { mountPoints } from './record/mount-points.ts'

/** Everything that is known of a container, in Docker's shape. */
export async function inspectContainer(
  context: ContainerContext,
  nameOrId: string,
  { size }: { size: boolean },
): Promise<ContainerInspect> {
  const record = getContainer(context.containers, nameOrId)
  const [path = '', ...args] = [...(record.config.Entrypoint ?? []), ...(record.config.Cmd ?? [])]
  const files = networkFiles(context, record.id)
  const hasLog = record.hostConfig.LogConfig.Type === 'json-file'
  const execIds = context.execs.ofContainer(record.id).map((exec) => exec.id)
  return {
    Id: record.id,
    Created: record.createdAt,
    Path: path,
    Args: args,
    State: state(record),
    Image: record.imageId,
    ResolvConfPath: files['/etc/resolv.conf'] ?? '',
    HostnamePath: files['/etc/hostname'] ?? '',
    HostsPath: files['/etc/hosts'] ?? '',
    LogPath: hasLog ? logPath(context, record.id) : '',
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: context.snapshotter.name,
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: execIds.length > 0 ? execIds : null,
    HostConfig: { ...record.hostConfig, Runtime: record.runtime },
    GraphDriver: { Name: context.snapshotter.name, Data: null },
    ...(size ? await sizes(context, record) : {}),
    Mounts: mountPoints(record),
    Config: record.config,
    NetworkSettings: await networkSettings(context, record),
  }
}

async function sizes(context: ContainerContext, record: ContainerRecord) {
  const { sizeBytes } = await context.snapshotter.usage(record.id)
  const image = context.images.images.find(record.imageId)
  return { SizeRw: sizeBytes, SizeRootFs: sizeBytes + (image?.sizeBytes ?? 0) }
}

function state({ state }: ContainerRecord): ContainerInspect['State'] {
  return {
    Status: state.status,
    Running: state.status === 'running' || state.status === 'paused' || state.status === 'restarting',
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: state.isOomKilled,
    Dead: state.status === 'dead',
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
  }
}

async function networkSettings(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<ContainerInspect['NetworkSettings']> {
  const endpoints = (await context.bridge?.listEndpoints()) ?? []
  const endpoint = endpoints.find((known) => known.endpointId === record.id)
  const { endpointId, address, prefixLength, gateway, macAddress } = endpoint ?? noEndpoint
  const hasSandbox = record.state.pid > 0 && record.hostConfig.NetworkMode !== 'host'
  return {
    Bridge: '',
    SandboxID: hasSandbox ? record.id : '',
    SandboxKey: hasSandbox ? context.sandboxes.pathOf(record.id) : '',
    Ports: endpoint ? unpublishedPorts(record) : {},
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: endpointId,
    Gateway: gateway,
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: address,
    IPPrefixLen: prefixLength,
    IPv6Gateway: '',
    MacAddress: macAddress,
    Networks: endpointSettings(context, record, endpoint),
  }
}

const unpublishedPorts = (record: ContainerRecord): PortMap =>
  Object.fromEntries(Object.keys(record.config.ExposedPorts ?? {}).map((port) => [port, null]))
