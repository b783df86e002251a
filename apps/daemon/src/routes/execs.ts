import { encodeFrame, type ExecCreateRequest, type ExecStartRequest } from '@berth/api'
import { parseDetachKeys, type ContainerService } from '@berth/engine'
import { messageOf } from '@berth/stdx'
import { hijack, status, type Reply } from '../server/reply.ts'
import { route, type RequestContext, type Route } from '../server/route.ts'
import { outputType } from './attach.ts'
import { terminalSize } from './containers.ts'
import { relay } from './relay.ts'

type Execs = Pick<
  ContainerService,
  'execAttach' | 'execCreate' | 'execInspect' | 'execResize' | 'execStartDetached'
>

export const execRoutes = (containers: Execs): Route[] => [
  route('POST', '/containers/{name}/exec', async ({ params, json }) =>
    status(201, { Id: containers.execCreate(params.name, await json<ExecCreateRequest>()) }),
  ),
  route('POST', '/exec/{id}/start', async ({ params, optionalJson, ...context }) => {
    const request = (await optionalJson<ExecStartRequest>()) ?? {}
    if (!request.Detach) return startAttached(containers, params.id, { request, context })
    await containers.execStartDetached(params.id)
    return status(200)
  }),
  route('POST', '/exec/{id}/resize', async ({ params, query }) => {
    await containers.execResize(params.id, terminalSize(query))
    return status(200)
  }),
  route('GET', '/exec/{id}/json', ({ params }) => containers.execInspect(params.id)),
]

interface StartContext {
  request: ExecStartRequest
  context: Pick<RequestContext, 'apiVersion' | 'isUpgrade' | 'signal'>
}

async function startAttached(
  containers: Execs,
  id: string,
  { request, context }: StartContext,
): Promise<Reply> {
  const [rows, columns] = request.ConsoleSize ?? [0, 0]
  const exec = await containers.execAttach(id, rows > 0 ? { rows, columns } : undefined)
  const detachKeys = exec.isTerminal ? parseDetachKeys(exec.detachKeys) : undefined
  return hijack(
    async (connection) => {
      try {
        await exec.start()
      } catch (error) {
        // The header is out: the reason is told as output, and its code by inspect.
        const text = Buffer.from(`${messageOf(error)}\r\n`)
        await exec.stream[Symbol.asyncDispose]()
        await connection.write(exec.isTerminal ? text : encodeFrame('stdout', text))
        return
      }
      await relay(connection, exec.stream, { hasInput: exec.hasInput, detachKeys, signal: context.signal })
    },
    { contentType: outputType(exec.isTerminal, context) },
  )
}
