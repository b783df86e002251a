import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, settleAll, systemCode } from '@berth/stdx'
import { formatHostname, formatHosts, formatResolvConf, type Endpoint } from '@berth/network'
import type { ContainerContext } from '../container-context.ts'
import { isRunning, type ContainerRecord } from '../record/container-record.ts'
import { getContainer } from '../record/find-container.ts'
import { notRunning } from '../record/not-running.ts'
import { networkId } from '../../networks/built-in-networks.ts'
import { containerDirectory } from './container-files.ts'

/** The servers behind systemd's stub resolver. */
const systemdResolvConf = '/run/systemd/resolve/resolv.conf'

/** What a container's spec needs to know of its network. */
export interface ContainerNetwork {
  /** Path of the network namespace to join; undefined joins the host's. */
  sandboxPath: string | undefined
  /** Files to bind over those of the image, by their path in the container. */
  files: Record<string, string>
}

/** Gives the container its place in the network it asked for. Undone by `disconnectNetwork`. */
export async function connectNetwork(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<ContainerNetwork> {
  const mode = record.hostConfig.NetworkMode
  if (mode === 'host')
    return { sandboxPath: undefined, files: await writeNetworkFiles(context, record, undefined) }
  if (mode.startsWith('container:')) return joinContainer(context, mode.slice('container:'.length))
  await using undo = new AsyncDisposableStack()
  const sandboxPath = await context.sandboxes.create(record.id)
  undo.defer(() => context.sandboxes.delete(record.id))
  const endpoint = mode === 'none' ? undefined : await connectBridge(context, record, sandboxPath)
  undo.defer(() => context.bridge?.disconnect(record.id))
  const files = await writeNetworkFiles(context, record, endpoint)
  undo.move()
  return { sandboxPath, files }
}

/** Gives up what `connectNetwork` took. Idempotent. */
export async function disconnectNetwork(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const mode = record.hostConfig.NetworkMode
  if (mode === 'host' || mode.startsWith('container:')) return
  if (mode === 'bridge') networkEvent(context, record, 'disconnect')
  await settleAll([() => context.bridge?.disconnect(record.id), () => context.sandboxes.delete(record.id)])
}

async function connectBridge(
  context: ContainerContext,
  record: ContainerRecord,
  sandboxPath: string,
): Promise<Endpoint> {
  if (!context.bridge) {
    throw new CodedError('failed-precondition', 'network bridge not found', {
      hint: 'This engine runs with --bridge=none: use --network host or --network none.',
    })
  }
  const settings = record.endpointsConfig['bridge'] ?? record.endpointsConfig['default']
  const macAddress = settings?.MacAddress || record.config.MacAddress
  const address = settings?.IPAMConfig?.IPv4Address
  const endpoint = await context.bridge.connect({
    endpointId: record.id,
    sandboxPath,
    ...(macAddress ? { macAddress } : {}),
    ...(address ? { address } : {}),
  })
  networkEvent(context, record, 'connect')
  return endpoint
}

function networkEvent(
  context: ContainerContext,
  record: ContainerRecord,
  action: 'connect' | 'disconnect',
): void {
  const attributes = { container: record.id, name: 'bridge', type: 'bridge' }
  context.events.network(action, { id: networkId(context.settings.engineId, 'bridge'), attributes })
}

/** Shares everything of the network with another container. */
function joinContainer(context: ContainerContext, id: string): ContainerNetwork {
  const other = getContainer(context.containers, id)
  if (!isRunning(other)) {
    throw new CodedError('conflict', `cannot join network of a non running container: ${other.id}`, {
      cause: notRunning(other),
    })
  }
  return { sandboxPath: `/proc/${other.state.pid}/ns/net`, files: networkFiles(context, other.id) }
}

/** Where the three files lie on the host. */
export function networkFiles(
  context: Pick<ContainerContext, 'settings'>,
  id: string,
): Record<string, string> {
  const directory = containerDirectory(context, id)
  return {
    '/etc/resolv.conf': join(directory, 'resolv.conf'),
    '/etc/hostname': join(directory, 'hostname'),
    '/etc/hosts': join(directory, 'hosts'),
  }
}

async function writeNetworkFiles(
  context: ContainerContext,
  record: ContainerRecord,
  endpoint: Endpoint | undefined,
): Promise<Record<string, string>> {
  const files = networkFiles(context, record.id)
  const hostname = record.config.Hostname || context.settings.hostHostname
  await mkdir(containerDirectory(context, record.id), { recursive: true, mode: 0o710 })
  const contents = {
    '/etc/resolv.conf': await resolvConf(context, record),
    '/etc/hostname': formatHostname(hostname),
    '/etc/hosts': formatHosts({
      hostname,
      domainname: record.config.Domainname,
      addresses: endpoint ? [endpoint.address] : [],
      extraHosts: (record.hostConfig.ExtraHosts ?? []).map((entry) => withGateway(entry, endpoint)),
    }),
  }
  // Mode 0644: the container's users read them.
  await Promise.all(
    Object.entries(contents).map(([path, text]) => writeFile(files[path] as string, text, { mode: 0o644 })),
  )
  return files
}

async function resolvConf(context: ContainerContext, record: ContainerRecord): Promise<string> {
  const { Dns, DnsSearch, DnsOptions, NetworkMode } = record.hostConfig
  const host = await readIfThere(context.settings.hostResolvConf)
  const isOverridden = [Dns, DnsSearch, DnsOptions].some((list) => list?.length)
  // On the host's network the host's own servers answer, loopback or not.
  if (NetworkMode === 'host' && !isOverridden) return host
  const { text, warnings } = formatResolvConf({
    host,
    systemd: await readIfThere(systemdResolvConf),
    nameservers: Dns ?? [],
    search: DnsSearch ?? [],
    options: DnsOptions ?? [],
  })
  for (const warning of warnings) context.logger.debug(warning, { container: record.id })
  return text
}

/** `name:host-gateway` means the host as the container reaches it. */
function withGateway(entry: string, endpoint: Endpoint | undefined): string {
  return endpoint ? entry.replace(/[:=]host-gateway$/, `:${endpoint.gateway}`) : entry
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}
