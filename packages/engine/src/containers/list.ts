import {
  booleanFilter,
  matchesLabels,
  type ContainerSummary,
  type EndpointSettings,
  type Filters,
} from '@berth/api'
import type { Endpoint } from '@berth/network'
import { CodedError, isCoded } from '@berth/stdx'
import { withDescendants } from '../images/image-tree.ts'
import { imagesOfIndex } from '../images/platforms/platform-images.ts'
import { getImage } from '../images/store/find-image.ts'
import type { ImageRecord } from '../images/store/image-store.ts'
import { endpointSettings } from './record/endpoint-settings.ts'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { statusText } from './record/container-status.ts'
import { getContainer } from './record/find-container.ts'
import { mountPoints } from './record/mount-points.ts'

export interface ListContainersOptions {
  all: boolean
  /** At most so many, the newest; 0 is no limit. Implies `all`. */
  limit: number
  size: boolean
  filters: Filters
}

/** Containers that match every filter, newest first. */
export async function listContainers(
  context: ContainerContext,
  options: ListContainersOptions,
): Promise<ContainerSummary[]> {
  const { filters } = options
  const isWanted = containerFilter(context, filters)
  const showsAll = options.all || options.limit > 0 || filters.has('status') || filters.has('exited')
  const records = context.containers
    .list()
    .filter(
      (record) => (showsAll || isRunning(record) || record.state.status === 'restarting') && isWanted(record),
    )
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const chosen = options.limit > 0 ? records.slice(0, options.limit) : records
  const endpoints = new Map(
    (await context.bridge?.listEndpoints())?.map((endpoint) => [endpoint.endpointId, endpoint]),
  )
  return Promise.all(
    chosen.map((record) =>
      summarize(context, record, { size: options.size, endpoint: endpoints.get(record.id) }),
    ),
  )
}

function containerFilter(context: ContainerContext, filters: Filters): (record: ContainerRecord) => boolean {
  const any = (key: string, test: (record: ContainerRecord, value: string) => boolean) => {
    const values = filters.get(key)
    return (record: ContainerRecord) => !values || values.some((value) => test(record, value))
  }
  const isTask = booleanFilter(filters, 'is-task')
  const bound = (key: string) =>
    (filters.get(key) ?? []).map((name) => getContainer(context.containers, name).createdAt)
  const [before, since] = [bound('before'), bound('since')]
  const ancestors = (filters.get('ancestor') ?? []).flatMap((name) => ancestorsOf(context, name))
  const tests = [
    any('id', (record, prefix) => record.id.startsWith(prefix)),
    any('name', (record, pattern) => matchesName(pattern, record.name)),
    any('status', (record, status) => record.state.status === status),
    any('exited', (record, code) => !isRunning(record) && record.state.exitCode === Number(code)),
    any('network', (record, name) => record.hostConfig.NetworkMode === name),
    any('volume', (record, volume) =>
      mountPoints(record).some(
        (mount) => mount.Name === volume || mount.Destination === volume || mount.Source === volume,
      ),
    ),
    any('health', (_record, health) => health === 'none'),
    (record: ContainerRecord) => matchesLabels(record.config.Labels, filters.get('label')),
    (record: ContainerRecord) => !filters.has('ancestor') || ancestors.includes(record.imageId),
    (record: ContainerRecord) =>
      before.every((time) => record.createdAt < time) && since.every((time) => record.createdAt > time),
    () => isTask !== true,
  ]
  return (record) => tests.every((test) => test(record))
}

/** The image of a name, and all that were made of it. */
function ancestorsOf(context: ContainerContext, name: string): string[] {
  const image = findImage(context, name)
  return image ? withDescendants(context.images.images, image) : []
}

function findImage({ images: { images } }: ContainerContext, name: string): ImageRecord | undefined {
  try {
    return getImage(images, name).image
  } catch (error) {
    if (isCoded(error, 'not-found', 'invalid-argument')) return undefined
    throw error
  }
}

/** The name of the image that a container was made of, while it means that one; else its id. */
function imageName(context: ContainerContext, { config: { Image }, imageId }: ContainerRecord): string {
  const image = findImage(context, Image)
  const isMeant = image && imagesOfIndex(context.images.images, image).some((one) => one.imageId === imageId)
  return isMeant ? Image : imageId
}

/** A regular expression, held against the name with and without the slash, as in Docker. */
function matchesName(pattern: string, name: string): boolean {
  try {
    const expression = new RegExp(pattern)
    return expression.test(name) || expression.test(`/${name}`)
  } catch (error) {
    throw new CodedError('invalid-argument', `invalid filter 'name=${pattern}'`, { cause: error })
  }
}

interface SummaryParts {
  size: boolean
  endpoint: Endpoint | undefined
}

async function summarize(
  context: ContainerContext,
  record: ContainerRecord,
  { size, endpoint }: SummaryParts,
): Promise<ContainerSummary> {
  const command = [...(record.config.Entrypoint ?? []), ...(record.config.Cmd ?? [])]
  const networks: Record<string, EndpointSettings> = endpointSettings(context, record, endpoint)
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: imageName(context, record),
    ImageID: record.imageId,
    Command: command.map(quoted).join(' '),
    Created: Math.floor(Date.parse(record.createdAt) / 1000),
    Ports: Object.keys(record.config.ExposedPorts ?? {}).map(exposedPort),
    ...(size
      ? {
          SizeRw: (await context.snapshotter.usage(record.id)).sizeBytes,
          SizeRootFs: rootSize(context, record),
        }
      : {}),
    Labels: record.config.Labels ?? {},
    State: record.state.status,
    Status: statusText(record),
    HostConfig: { NetworkMode: record.hostConfig.NetworkMode },
    NetworkSettings: { Networks: networks },
    Mounts: mountPoints(record),
  }
}

/** An argument that a shell would split is shown in quotes. */
const quoted = (argument: string): string =>
  /[\s'"\\$]/.test(argument) ? `'${argument.replaceAll("'", String.raw`\'`)}'` : argument

function rootSize(context: ContainerContext, record: ContainerRecord): number {
  return context.images.images.find(record.imageId)?.sizeBytes ?? 0
}

function exposedPort(port: string): ContainerSummary['Ports'][number] {
  const [number = '', protocol = 'tcp'] = port.split('/')
  return { PrivatePort: Number(number), Type: protocol as 'tcp' | 'udp' | 'sctp' }
}
