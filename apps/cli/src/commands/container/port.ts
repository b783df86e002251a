import type { PortBinding } from '@berth/api'
import { inspectContainer, type EngineClient } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  positional: { min: 1, max: 2 },
  flags: {},
})

export async function run(
  client: EngineClient,
  { positional: [name = '', port] }: Arguments<typeof definition>,
  io: Io,
): Promise<void> {
  const { NetworkSettings } = await inspectContainer(client, name)
  const lines =
    port === undefined ? allLines(NetworkSettings.Ports) : portLines(NetworkSettings.Ports, { name, port })
  if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`)
}

type Ports = Readonly<Record<string, PortBinding[] | null>>

function allLines(ports: Ports): string[] {
  return Object.entries(ports)
    .flatMap(([key, bindings]) =>
      (bindings ?? []).map((binding) => ({ key, line: `${key} -> ${addressOf(binding)}` })),
    )
    .sort((a, b) => Number.parseInt(a.key) - Number.parseInt(b.key) || (a.line < b.line ? -1 : 1))
    .map(({ line }) => line)
}

function portLines(ports: Ports, { name, port }: { name: string; port: string }): string[] {
  const key = port.includes('/') ? port.toLowerCase() : `${port}/tcp`
  const bindings = ports[key]
  if (!bindings?.length)
    throw new CodedError('not-found', `Error: No public port '${port}' published for ${name}`)
  return bindings.map(addressOf).sort()
}

function addressOf({ HostIp, HostPort }: PortBinding): string {
  return `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`
}
