import { versionAtLeast, type ContainerCreateRequest, type HostConfig } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { ContainerFlagValues } from './container-flags.ts'
import { readEnvironment, readLabels, type Environment } from './env-file.ts'
import { parseHealth } from './health.ts'
import { resolveHost } from './host-config.ts'
import { parseNetworking } from './networking.ts'
import { parsePorts } from './ports.ts'
import { checkMacAddress } from './simple-values.ts'
import { splitVolumes } from './volume.ts'

export interface CreateInput {
  flags: ContainerFlagValues
  given: ReadonlySet<string>
  image: string
  command: readonly string[]
  environment: Environment
  isDetached?: boolean
  /** Below 1.44 the address of a container is its own, later its endpoint's. */
  apiVersion: string
  /** Of our terminal, [0, 0] where there is none. */
  consoleSize: [height: number, width: number]
  /** Where relative paths of binds begin. */
  folder: string
}

/** What the flags say, as the engine takes it. Throws `invalid-argument` in Docker's words. */
export async function createRequest(input: CreateInput): Promise<ContainerCreateRequest> {
  const { flags, given, image, command, environment, folder, isDetached = false } = input
  checkMacAddress(flags['mac-address'])
  const streams = isDetached ? noStreams : attachedStreams(flags)
  const ports = parsePorts(flags.publish, flags.expose)
  const volumes = splitVolumes(flags.volume, folder)
  const networking = parseNetworking(flags)
  const health = parseHealth(flags)
  const env = await readEnvironment(flags['env-file'], flags.env, environment)
  return {
    Hostname: flags.hostname,
    Domainname: flags.domainname,
    User: flags.user,
    ...streams,
    ...(Object.keys(ports.exposed).length === 0 ? {} : { ExposedPorts: ports.exposed }),
    Tty: flags.tty,
    OpenStdin: flags.interactive,
    StdinOnce: flags.interactive && streams.AttachStdin,
    Env: env.length === 0 ? null : env,
    Cmd: command.length === 0 ? null : [...command],
    ...(health === undefined ? {} : { Healthcheck: health }),
    Image: image,
    Volumes: volumes.anonymous,
    WorkingDir: flags.workdir,
    Entrypoint: entrypointOf(flags, given),
    Labels: await readLabels(flags['label-file'], flags.label),
    ...(versionAtLeast(input.apiVersion, '1.44') ? {} : { MacAddress: flags['mac-address'] }),
    ...(given.has('stop-signal') ? { StopSignal: flags['stop-signal'] } : {}),
    ...(given.has('stop-timeout') ? { StopTimeout: flags['stop-timeout'] } : {}),
    HostConfig: {
      ...(await hostPart(input)),
      ConsoleSize: input.consoleSize,
      PortBindings: ports.bindings,
      Binds: volumes.binds.length === 0 ? null : volumes.binds,
      NetworkMode: networking.mode,
    },
    NetworkingConfig: { EndpointsConfig: networking.endpoints },
  }
}

async function hostPart({ flags, given, folder }: CreateInput): Promise<Partial<HostConfig>> {
  if (flags.rm && flags.restart !== 'no' && flags.restart !== '') {
    throw new CodedError('invalid-argument', 'conflicting options: cannot specify both --restart and --rm')
  }
  return resolveHost(flags, given, folder)
}

interface AttachedStreams {
  AttachStdin: boolean
  AttachStdout: boolean
  AttachStderr: boolean
}

const noStreams: AttachedStreams = { AttachStdin: false, AttachStdout: false, AttachStderr: false }

function attachedStreams(flags: ContainerFlagValues): AttachedStreams {
  const names = flags.attach
  const isDefault = names.length === 0
  return {
    AttachStdin: flags.interactive || names.includes('stdin'),
    AttachStdout: isDefault || names.includes('stdout'),
    AttachStderr: isDefault || names.includes('stderr'),
  }
}

/** `--entrypoint=` clears it; without the flag the image's own stays. */
function entrypointOf({ entrypoint }: ContainerFlagValues, given: ReadonlySet<string>): string[] | null {
  return given.has('entrypoint') ? [entrypoint] : null
}
