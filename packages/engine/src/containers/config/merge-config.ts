import type { ContainerConfig, ContainerCreateRequest } from '@berth/api'
import type { ContainerDefaults } from '@berth/oci'

/**
 * What was asked for over the image's defaults. Null inherits, an empty list clears; a command of the request's own
 * Entrypoint never keeps the image's Cmd, which was written for another program.
 */
export function mergeConfig(request: ContainerCreateRequest, image: ContainerDefaults): ContainerConfig {
  return {
    ...zeroConfig,
    ...configFields(request),
    ...command(request, image),
    User: request.User || image.User || '',
    Env: mergeEnvironment(image.Env ?? [], request.Env ?? []),
    WorkingDir: request.WorkingDir || image.WorkingDir || '',
    Labels: { ...image.Labels, ...request.Labels },
    Volumes: mergeSets(image.Volumes, request.Volumes),
    ...optional('ExposedPorts', mergeSets(image.ExposedPorts, request.ExposedPorts) ?? undefined),
    ...optional('StopSignal', request.StopSignal || image.StopSignal),
    ...optional('Healthcheck', request.Healthcheck ?? image.Healthcheck),
    ...optional('OnBuild', image.OnBuild ?? undefined),
  }
}

const zeroConfig: ContainerConfig = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  Labels: {},
}

/** The request without what is not part of a container's config; unset fields keep their zero value. */
function configFields({
  HostConfig: _host,
  NetworkingConfig: _networking,
  ...config
}: ContainerCreateRequest): Partial<ContainerConfig> {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([name, value]) => value !== undefined && (value !== null || name in zeroConfig),
    ),
  )
}

function command(
  request: ContainerCreateRequest,
  image: ContainerDefaults,
): Pick<ContainerConfig, 'Entrypoint' | 'Cmd'> {
  const entrypoint =
    request.Entrypoint?.length === 1 && request.Entrypoint[0] === '' ? [] : request.Entrypoint
  if (entrypoint) return { Entrypoint: entrypoint.length > 0 ? entrypoint : null, Cmd: request.Cmd ?? null }
  return {
    Entrypoint: image.Entrypoint ?? null,
    Cmd: request.Cmd?.length ? request.Cmd : (image.Cmd ?? null),
  }
}

/** The image's variables, each replaced by the request's of the same name; a name without a value removes it. */
export function mergeEnvironment(base: readonly string[], own: readonly string[]): string[] {
  const variables = new Map<string, string>()
  for (const variable of [...base, ...own]) {
    const name = variable.split('=', 1)[0] as string
    if (variable.includes('=')) variables.set(name, variable)
    else variables.delete(name)
  }
  return [...variables.values()]
}

function mergeSets(
  base: Record<string, Record<string, never>> | null | undefined,
  own: Record<string, Record<string, never>> | null | undefined,
): Record<string, Record<string, never>> | null {
  const merged = { ...base, ...own }
  return Object.keys(merged).length > 0 ? merged : null
}

function optional<K extends keyof ContainerConfig>(
  name: K,
  value: ContainerConfig[K] | undefined,
): Pick<ContainerConfig, K> | object {
  return value === undefined || value === '' ? {} : { [name]: value }
}
