import { formatBinarySize, type Info } from '@berth/api'

export interface ClientInfo {
  Debug: boolean
  Version: string
  DefaultAPIVersion: string
  NodeVersion: string
  Os: string
  Arch: string
  Context: string
  Plugins: unknown[]
  Warnings: string[] | null
}

/** The half of `info` that needs no engine. */
export function formatClientInfo({ Version, Context, Debug }: ClientInfo): string {
  return lines([
    'Client:',
    ` Version:    ${Version}`,
    ` Context:    ${Context}`,
    ` Debug Mode: ${Debug}`,
    '',
    'Server:',
  ])
}

/** The engine's half, ended by an empty line. */
export function formatServerInfo(info: Info): string {
  return lines([
    ...counts(info),
    ...drivers(info),
    ...plugins(info),
    ` Swarm: ${info.Swarm.LocalNodeState}`,
    ...runtimes(info),
    ...security(info),
    ...machine(info),
    ...debugging(info),
    ...network(info),
    '',
  ])
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

function unlessEmpty(label: string, value: string | undefined): string[] {
  return value ? [` ${label}: ${value}`] : []
}

function counts(info: Info): string[] {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
  ]
}

function drivers(info: Info): string[] {
  return [
    ...unlessEmpty('Server Version', info.ServerVersion),
    ...unlessEmpty('Storage Driver', info.Driver),
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ...(info.SystemStatus ?? []).map(([name, value]) => ` ${name}: ${value}`),
    ...unlessEmpty('Logging Driver', info.LoggingDriver),
    ...unlessEmpty('Cgroup Driver', info.CgroupDriver),
    ...unlessEmpty('Cgroup Version', info.CgroupVersion),
  ]
}

function plugins({ Plugins, CDISpecDirs }: Info): string[] {
  const joined = (names: readonly string[] | null) => (names ?? []).join(' ')
  return [
    ' Plugins:',
    `  Volume: ${joined(Plugins.Volume)}`,
    `  Network: ${joined(Plugins.Network)}`,
    ...(Plugins.Authorization?.length ? [`  Authorization: ${joined(Plugins.Authorization)}`] : []),
    `  Log: ${joined(Plugins.Log)}`,
    ...(CDISpecDirs?.length ? [' CDI spec directories:', ...CDISpecDirs.map((folder) => `  ${folder}`)] : []),
  ]
}

function runtimes(info: Info): string[] {
  const names = Object.keys(info.Runtimes).sort()
  return [
    ...(names.length === 0
      ? []
      : [` Runtimes: ${names.join(' ')}`, ` Default Runtime: ${info.DefaultRuntime}`]),
    ` Init Binary: ${info.InitBinary}`,
    ` containerd version: ${info.ContainerdCommit.ID}`,
    ` runc version: ${info.RuncCommit.ID}`,
    ` init version: ${info.InitCommit.ID}`,
  ]
}

/** Each is `name=seccomp,profile=default`; older engines write the name alone. */
function security({ SecurityOptions }: Info): string[] {
  const options = (SecurityOptions ?? []).map((text) =>
    Object.fromEntries(
      text.split(',').map((part) => (part.includes('=') ? part.split('=', 2) : ['name', part])),
    ),
  )
  if (options.length === 0) return []
  return [
    ' Security Options:',
    ...options.flatMap(({ name, profile }) => [`  ${name}`, ...(profile ? [`   Profile: ${profile}`] : [])]),
  ]
}

function machine(info: Info): string[] {
  return [
    ...unlessEmpty('Kernel Version', info.KernelVersion),
    ...unlessEmpty('Operating System', info.OperatingSystem),
    ...unlessEmpty('OSType', info.OSType),
    ...unlessEmpty('Architecture', info.Architecture),
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${formatBinarySize(info.MemTotal)}`,
    ...unlessEmpty('Name', info.Name),
    ...unlessEmpty('ID', info.ID),
    ` Docker Root Dir: ${info.DockerRootDir}`,
  ]
}

function debugging(info: Info): string[] {
  const counters = [
    `  File Descriptors: ${info.NFd}`,
    `  Goroutines: ${info.NGoroutines}`,
    `  System Time: ${info.SystemTime}`,
    `  EventsListeners: ${info.NEventsListener}`,
  ]
  return [` Debug Mode: ${info.Debug}`, ...(info.Debug ? counters : [])]
}

function network(info: Info): string[] {
  return [
    ...unlessEmpty('HTTP Proxy', info.HttpProxy),
    ...unlessEmpty('HTTPS Proxy', info.HttpsProxy),
    ...unlessEmpty('No Proxy', info.NoProxy),
    ...(info.Labels?.length ? [' Labels:', ...info.Labels.map((label) => `  ${label}`)] : []),
    ` Experimental: ${info.ExperimentalBuild}`,
    ...registries(info),
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...unlessEmpty('Product License', info.ProductLicense),
    ...(info.FirewallBackend ? [` Firewall Backend: ${info.FirewallBackend.Driver}`] : []),
    ...addressPools(info),
  ]
}

function registries({ RegistryConfig }: Info): string[] {
  if (!RegistryConfig) return []
  const { IndexConfigs, InsecureRegistryCIDRs, Mirrors } = RegistryConfig
  const insecure = Object.values(IndexConfigs).filter(({ Secure }) => !Secure)
  return [
    ' Insecure Registries:',
    ...insecure.map(({ Name }) => `  ${Name}`),
    ...InsecureRegistryCIDRs.map((range) => `  ${range}`),
    ...(Mirrors?.length ? [' Registry Mirrors:', ...Mirrors.map((mirror) => `  ${mirror}`)] : []),
  ]
}

function addressPools({ DefaultAddressPools }: Info): string[] {
  if (!DefaultAddressPools?.length) return []
  return [
    ' Default Address Pools:',
    ...DefaultAddressPools.map(({ Base, Size }) => `   Base: ${Base}, Size: ${Size}`),
  ]
}
