import {
  parseFilters,
  parseQueryBoolean,
  type ContainerCreateRequest,
  type ContainerWaitResponse,
} from '@berth/api'
import type { ContainerService, WaitCondition } from '@berth/engine'
import { parsePlatform } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { status, stream } from '../server/reply.ts'
import { route, type Route } from '../server/route.ts'
import { attachToContainer, outputType } from './attach.ts'

const listFilters =
  'ancestor before exited expose health id is-task isolation label name network publish since status volume'.split(
    ' ',
  )

export const containerRoutes = (containers: ContainerService): Route[] => [
  ...readRoutes(containers),
  ...lifecycleRoutes(containers),
  ...streamRoutes(containers),
]

const readRoutes = (containers: Pick<ContainerService, 'list' | 'inspect' | 'top'>): Route[] => [
  route('GET', '/containers/json', ({ query }) =>
    containers.list({
      all: parseQueryBoolean(query.get('all')),
      limit: Math.max(0, integer(query.get('limit'), 'limit') ?? 0),
      size: parseQueryBoolean(query.get('size')),
      filters: parseFilters(query.get('filters'), listFilters),
    }),
  ),
  route('GET', '/containers/{name}/top', ({ params, query }) =>
    containers.top(params.name, query.get('ps_args') ?? ''),
  ),
  route('GET', '/containers/{name}/json', ({ params, query }) =>
    containers.inspect(params.name, { size: parseQueryBoolean(query.get('size')) }),
  ),
]

type Lifecycle = Pick<
  ContainerService,
  'create' | 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'rename' | 'remove' | 'resize'
>

const lifecycleRoutes = (containers: Lifecycle): Route[] => [
  route('POST', '/containers/create', async ({ query, json }) => {
    const platform = query.get('platform')
    const created = await containers.create(await json<ContainerCreateRequest>(), {
      name: query.get('name') ?? undefined,
      platform: platform ? parsePlatform(platform) : undefined,
    })
    return status(201, created)
  }),
  route('POST', '/containers/{name}/start', async ({ params }) =>
    status((await containers.start(params.name)) ? 204 : 304),
  ),
  route('POST', '/containers/{name}/stop', async ({ params, query }) =>
    status((await containers.stop(params.name, stopOptions(query))) ? 204 : 304),
  ),
  route('POST', '/containers/{name}/restart', async ({ params, query }) => {
    await containers.restart(params.name, stopOptions(query))
    return status(204)
  }),
  route('POST', '/containers/{name}/kill', async ({ params, query }) => {
    await containers.kill(params.name, query.get('signal') || 'SIGKILL')
    return status(204)
  }),
  route('POST', '/containers/{name}/pause', async ({ params }) => {
    await containers.pause(params.name)
    return status(204)
  }),
  route('POST', '/containers/{name}/unpause', async ({ params }) => {
    await containers.unpause(params.name)
    return status(204)
  }),
  route('POST', '/containers/{name}/rename', async ({ params, query }) => {
    await containers.rename(params.name, query.get('name') ?? '')
    return status(204)
  }),
  route('POST', '/containers/{name}/resize', async ({ params, query }) => {
    await containers.resize(params.name, terminalSize(query))
    return status(200)
  }),
  route('DELETE', '/containers/{name}', async ({ params, query }) => {
    await containers.remove(params.name, { force: parseQueryBoolean(query.get('force')) })
    return status(204)
  }),
]

const streamRoutes = (containers: Pick<ContainerService, 'attach' | 'logs' | 'wait'>): Route[] => [
  route('POST', '/containers/{name}/wait', ({ params, query, signal }) => {
    const outcome = containers.wait(params.name, { condition: waitCondition(query.get('condition')), signal })
    const body = async function* (): AsyncGenerator<Uint8Array> {
      const { exitCode, error } = await outcome
      const response: ContainerWaitResponse = {
        StatusCode: exitCode,
        ...(error ? { Error: { Message: error } } : {}),
      }
      yield Buffer.from(`${JSON.stringify(response)}\n`)
    }
    return stream(body(), { contentType: 'application/json', flushHeaders: true })
  }),
  route('POST', '/containers/{name}/attach', ({ params, ...context }) =>
    attachToContainer(containers, params.name, context),
  ),
  route('GET', '/containers/{name}/logs', ({ params, query, signal, apiVersion }) => {
    const logs = containers.logs(params.name, {
      stdout: parseQueryBoolean(query.get('stdout')),
      stderr: parseQueryBoolean(query.get('stderr')),
      follow: parseQueryBoolean(query.get('follow')),
      timestamps: parseQueryBoolean(query.get('timestamps')),
      details: parseQueryBoolean(query.get('details')),
      since: query.get('since') ?? '',
      until: query.get('until') ?? '',
      tail: query.get('tail') ?? 'all',
      signal,
    })
    return stream(logs.body, {
      contentType: outputType(logs.isTerminal, { apiVersion, isUpgrade: true }),
      flushHeaders: true,
    })
  }),
]

function stopOptions(query: URLSearchParams) {
  return { timeoutSeconds: integer(query.get('t'), 't'), signal: query.get('signal') || undefined }
}

export function terminalSize(query: URLSearchParams): { rows: number; columns: number } {
  const [rows, columns] = [integer(query.get('h'), 'h'), integer(query.get('w'), 'w')]
  if (rows === undefined || columns === undefined || rows < 0 || columns < 0) {
    throw new CodedError(
      'invalid-argument',
      `invalid resize height or width: h=${query.get('h')} w=${query.get('w')}`,
    )
  }
  return { rows, columns }
}

function integer(text: string | null, name: string): number | undefined {
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new CodedError('invalid-argument', `invalid value for ${name}: ${JSON.stringify(text)}`)
  return value
}

const conditions: readonly string[] = ['not-running', 'next-exit', 'removed']

function waitCondition(text: string | null): WaitCondition {
  if (!text) return 'not-running'
  if (conditions.includes(text)) return text as WaitCondition
  throw new CodedError('invalid-argument', `invalid condition: ${JSON.stringify(text)}`)
}
