import type { EndpointSettings } from '@berth/api'
import type { Endpoint } from '@berth/network'
import { networkId } from '../../networks/built-in-networks.ts'
import type { ContainerContext } from '../container-context.ts'
import type { ContainerRecord } from './container-record.ts'

/** What a container that does not run has. */
export const noEndpoint = { endpointId: '', address: '', prefixLength: 0, gateway: '', macAddress: '' }

/** A container's networks by name, with what it has in each while it runs. */
export function endpointSettings(
  context: ContainerContext,
  record: ContainerRecord,
  endpoint: Endpoint | undefined,
): Record<string, EndpointSettings> {
  const name = record.hostConfig.NetworkMode
  if (name.startsWith('container:')) return {}
  const { endpointId, address, prefixLength, gateway, macAddress } = endpoint ?? noEndpoint
  const asked = record.endpointsConfig[name] ?? {}
  return {
    [name]: {
      IPAMConfig: asked.IPAMConfig ?? null,
      Links: null,
      Aliases: asked.Aliases ?? null,
      MacAddress: macAddress,
      DriverOpts: asked.DriverOpts ?? null,
      GwPriority: 0,
      NetworkID: networkId(context.settings.engineId, name),
      EndpointID: endpointId,
      Gateway: gateway,
      IPAddress: address,
      IPPrefixLen: prefixLength,
      IPv6Gateway: '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      DNSNames: null,
    },
  }
}
