import type { Version, VersionComponent } from '@berth/api'
import { ansiC } from './go-time.ts'
import { formatTable } from './table.ts'

export interface ClientVersion {
  Version: string
  ApiVersion: string
  DefaultAPIVersion: string
  NodeVersion: string
  Os: string
  Arch: string
  Context: string
}

const style = { minWidth: 20, padding: 1 }

/** What `version` prints; null where no engine answered. */
export function formatVersion(client: ClientVersion, server: Version | null): Promise<string> {
  return formatTable([...clientLines(client), ...(server ? serverLines(server) : [])], style)
}

function clientLines(client: ClientVersion): string[][] {
  const { ApiVersion, DefaultAPIVersion } = client
  const downgraded = ApiVersion === DefaultAPIVersion ? '' : ` (downgraded from ${DefaultAPIVersion})`
  return [
    ['Client:'],
    [' Version:', client.Version],
    [' API version:', ApiVersion + downgraded],
    [' Node version:', client.NodeVersion],
    [' OS/Arch:', `${client.Os}/${client.Arch}`],
    [' Context:', client.Context],
  ]
}

function serverLines(server: Version): string[][] {
  const name = server.Platform?.Name ? ` ${server.Platform.Name}` : ''
  return [[''], [`Server:${name}`], ...componentsOf(server).flatMap(componentLines)]
}

/** Engines below 1.35 tell of no components but of themselves. */
function componentsOf(server: Version): VersionComponent[] {
  if (server.Components?.length) return server.Components
  const {
    Version: version,
    ApiVersion,
    MinAPIVersion = '',
    GitCommit = '',
    GoVersion = '',
    Os,
    Arch,
    BuildTime = '',
  } = server
  const details = {
    ApiVersion,
    MinAPIVersion,
    GitCommit,
    GoVersion,
    Os,
    Arch,
    BuildTime,
    Experimental: String(server.Experimental ?? false),
  }
  return [{ Name: 'Engine', Version: version, Details: details }]
}

function componentLines({ Name, Version: version, Details: details = {} }: VersionComponent): string[][] {
  const head = [[` ${Name}:`], ['  Version:', version]]
  if (Name !== 'Engine') {
    const names = Object.keys(details).sort()
    return [...head, ...names.map((name) => [`  ${name}:`, details[name] ?? ''])]
  }
  const minimum = details['MinAPIVersion'] ? ` (minimum version ${details['MinAPIVersion']})` : ''
  return [
    ...head,
    ['  API version:', `${details['ApiVersion']}${minimum}`],
    ...runtimeLine(details),
    ['  Git commit:', details['GitCommit'] ?? ''],
    ['  Built:', builtAt(details['BuildTime'] ?? '')],
    ['  OS/Arch:', `${details['Os']}/${details['Arch']}`],
    ['  Experimental:', details['Experimental'] ?? ''],
  ]
}

/** An engine is written in Go or it is ours. */
function runtimeLine(details: Readonly<Record<string, string>>): string[][] {
  if (details['NodeVersion']) return [['  Node version:', details['NodeVersion']]]
  return details['GoVersion'] ? [['  Go version:', details['GoVersion']]] : []
}

function builtAt(text: string): string {
  const date = new Date(text)
  return text === '' || Number.isNaN(date.getTime()) ? text : ansiC(date)
}
