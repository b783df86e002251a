import type { Network } from '@berth/api'
import { shortId } from './ellipsis.ts'
import { goTime } from './go-time.ts'
import { labelsText } from './labels-text.ts'
import type { ListView } from './list-view.ts'

/** Networks as `network ls` shows them. */
export function networkView({ isTruncated }: { isTruncated: boolean }): ListView<Network> {
  return {
    name: '*network.networkContext',
    fields: {
      CreatedAt: { header: 'CREATED AT', value: ({ Created }) => goTime(Created) },
      Driver: { header: 'DRIVER', value: ({ Driver }) => Driver },
      ID: { header: 'NETWORK ID', value: ({ Id }) => (isTruncated ? shortId(Id) : Id) },
      IPv4: { header: 'IPV4', value: ({ EnableIPv4 }) => String(EnableIPv4 ?? false) },
      IPv6: { header: 'IPV6', value: ({ EnableIPv6 }) => String(EnableIPv6) },
      Internal: { header: 'INTERNAL', value: ({ Internal }) => String(Internal) },
      Labels: { header: 'LABELS', value: ({ Labels }) => labelsText(Labels) },
      Name: { header: 'NAME', value: ({ Name }) => Name },
      Scope: { header: 'SCOPE', value: ({ Scope }) => Scope },
    },
    columns: ['ID', 'Name', 'Driver', 'Scope'],
    quietField: 'ID',
    raw: {
      quietLabel: 'network_id',
      lines: (value) => [
        `network_id: ${value('ID')}`,
        `name: ${value('Name')}`,
        `driver: ${value('Driver')}`,
        `scope: ${value('Scope')}`,
      ],
    },
    methods: { Label: ({ Labels }, key) => Labels?.[key] ?? '' },
  }
}
