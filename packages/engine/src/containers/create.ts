import type {
  ContainerConfig,
  ContainerCreateRequest,
  ContainerCreateResponse,
  EndpointSettings,
} from '@berth/api'
import { familiarReference, parseReference, withDefaultTag, type Platform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { getImage } from '../images/store/find-image.ts'
import { choosePlatform } from '../images/platforms/platform-images.ts'
import type { ImageRecord } from '../images/store/image-store.ts'
import { nowTimestamp } from '../timestamps.ts'
import { checkHostConfig, defaultHostConfig } from './config/check-host-config.ts'
import { checkBindSources } from './config/bind-sources.ts'
import type { ContainerContext } from './container-context.ts'
import { checkName, generateName } from './config/container-name.ts'
import { containerEvent } from './record/container-events.ts'
import { initialState, type ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { securityOptions } from './config/security-options.ts'
import { mergeConfig } from './config/merge-config.ts'
import { assertNameIsFree } from './rename.ts'
import { containerDirectory, removeContainerFiles } from './process/container-files.ts'
import { parseSignal } from './process/signals.ts'

export interface CreateContainerOptions {
  name: string | undefined
  platform: Platform | undefined
}

/** Stores a new container and its writable layer. Nothing runs yet, no address or port is taken. */
export async function createContainer(
  context: ContainerContext,
  request: ContainerCreateRequest,
  options: CreateContainerOptions,
): Promise<ContainerCreateResponse> {
  const image = findImage(context, request, options.platform)
  const imageConfig = await context.images.configs.read(image.imageId)
  const config = mergeConfig(request, imageConfig.config ?? {})
  if (!config.Entrypoint?.length && !config.Cmd?.length) {
    throw new CodedError('invalid-argument', 'no command specified', {
      hint: 'The image names no command: write one behind its name.',
    })
  }
  if (request.StopSignal) parseSignal(request.StopSignal)
  const hostConfig = { ...defaultHostConfig(), ...request.HostConfig }
  const warnings = checkHostConfig(hostConfig, (nameOrId) => getContainer(context.containers, nameOrId))
  securityOptions(hostConfig)
  await checkBindSources(hostConfig)
  const id = randomBytes(32).toString('hex')
  const record: ContainerRecord = {
    id,
    name: options.name
      ? checkName(options.name)
      : generateName((name) => context.containers.findByName(name) !== undefined),
    createdAt: nowTimestamp(),
    imageId: image.imageId,
    config: withHostname(config, id, hostConfig.NetworkMode),
    hostConfig,
    runtime: context.runtimes.resolve(hostConfig.Runtime).name,
    endpointsConfig: endpoints(request),
    state: { ...initialState },
    restartCount: 0,
  }
  await context.mutex.run(`name ${record.name}`, () => store(context, record, image))
  containerEvent(context.events, record, { action: 'create' })
  return { Id: id, Warnings: warnings }
}

async function store(context: ContainerContext, record: ContainerRecord, image: ImageRecord): Promise<void> {
  assertNameIsFree(context, record.name)
  await using undo = new AsyncDisposableStack()
  undo.defer(() => removeContainerFiles(context, record.id))
  await mkdir(containerDirectory(context, record.id), { recursive: true, mode: 0o710 })
  await context.snapshotter.prepare(record.id, image.diffIds)
  context.containers.save(record)
  undo.move()
}

function findImage(
  context: ContainerContext,
  request: ContainerCreateRequest,
  platform: Platform | undefined,
): ImageRecord {
  const name = request.Image ?? ''
  if (name === '') throw new CodedError('invalid-argument', 'invalid reference format')
  const familiar = () => familiarReference(withDefaultTag(parseReference(name)))
  const { image } = getImage(context.images.images, name)
  return platform ? choosePlatform(context.images.images, image, { name: familiar(), platform }) : image
}

function withHostname(config: ContainerConfig, id: string, networkMode: string): ContainerConfig {
  if (config.Hostname !== '' || networkMode === 'host' || networkMode.startsWith('container:')) return config
  return { ...config, Hostname: id.slice(0, 12) }
}

function endpoints(request: ContainerCreateRequest): Record<string, EndpointSettings> {
  const asked = Object.entries(request.NetworkingConfig?.EndpointsConfig ?? {})
  return Object.fromEntries(asked.map(([name, settings]) => [name, settings ?? {}]))
}
