import type { Filters, Network, NetworkContainer } from '@berth/api'
import { matchesLabels } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { createHash } from 'node:crypto'
import type { ContainerContext } from '../containers/container-context.ts'
import { isRunning } from '../containers/record/container-record.ts'

/** The networks that every engine has. */
const builtInNetworks = ['bridge', 'host', 'none'] as const

/** Drivers by network name. */
const drivers: Readonly<Record<string, string>> = { bridge: 'bridge', host: 'host', none: 'null' }

/** The id of a built-in network: the same for the life of a data root, different on every engine. */
export function networkId(engineId: string, name: string): string {
  return createHash('sha256').update(`${engineId} ${name}`).digest('hex')
}

export async function listNetworks(context: ContainerContext, filters: Filters): Promise<Network[]> {
  const networks = await Promise.all(names(context).map((name) => describe(context, name)))
  const any = (key: string, test: (value: string) => boolean) =>
    !filters.has(key) || (filters.get(key) ?? []).some(test)
  return networks.filter(
    (network) =>
      any('name', (name) => network.Name.includes(name)) &&
      any('id', (prefix) => network.Id.startsWith(prefix)) &&
      any('driver', (driver) => network.Driver === driver) &&
      any('scope', (scope) => network.Scope === scope) &&
      any('type', (type) => type === 'builtin') &&
      any('dangling', (value) => value === 'false' || value === '0') &&
      matchesLabels(network.Labels, filters.get('label')),
  )
}

/** A network by full id, name or unique id prefix, with the containers in it. */
export async function inspectNetwork(context: ContainerContext, nameOrId: string): Promise<Network> {
  const id = (name: string) => networkId(context.settings.engineId, name)
  const known = names(context)
  const name =
    known.find((name) => id(name) === nameOrId) ??
    known.find((name) => name === nameOrId) ??
    known.find((name) => nameOrId !== '' && id(name).startsWith(nameOrId))
  if (!name) throw new CodedError('not-found', `network ${nameOrId} not found`)
  return { ...(await describe(context, name)), Containers: await members(context, name) }
}

const names = (context: ContainerContext): string[] =>
  builtInNetworks.filter((name) => name !== 'bridge' || context.bridge !== undefined)

async function describe(context: ContainerContext, name: string): Promise<Network> {
  const { bridge, settings } = context
  const isBridge = name === 'bridge' && bridge !== undefined
  return {
    Name: name,
    Id: networkId(settings.engineId, name),
    Created: settings.startedAt,
    Scope: 'local',
    Driver: drivers[name] ?? '',
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: null,
      Config: isBridge ? [{ Subnet: bridge.subnet, Gateway: bridge.gateway }] : null,
    },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Options: isBridge
      ? {
          'com.docker.network.bridge.default_bridge': 'true',
          'com.docker.network.bridge.name': bridge.bridge,
        }
      : {},
    Labels: {},
  }
}

async function members(
  context: ContainerContext,
  network: string,
): Promise<Record<string, NetworkContainer>> {
  const endpoints = new Map(
    (await context.bridge?.listEndpoints())?.map((endpoint) => [endpoint.endpointId, endpoint]),
  )
  const running = context.containers
    .list()
    .filter((record) => isRunning(record) && record.hostConfig.NetworkMode === network)
  return Object.fromEntries(
    running.map((record) => {
      const endpoint = endpoints.get(record.id)
      const address = endpoint ? `${endpoint.address}/${endpoint.prefixLength}` : ''
      return [
        record.id,
        {
          Name: record.name,
          EndpointID: endpoint ? record.id : '',
          MacAddress: endpoint?.macAddress ?? '',
          IPv4Address: address,
          IPv6Address: '',
        },
      ]
    }),
  )
}
