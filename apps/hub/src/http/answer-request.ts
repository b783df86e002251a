import type { IncomingMessage, ServerResponse } from 'node:http'
import { setClientAddress, type Registry } from '@berth/registry-server'
import type { HubAccess } from '../access/hub-access.ts'
import type { HubMetrics } from '../operation/hub-metrics.ts'
import type { ForwardedAddress } from './forwarded-address.ts'

const retryAfterSeconds = 10

interface HubParts {
  registry: Registry
  access: HubAccess
  forwarded: ForwardedAddress
  metrics: HubMetrics | undefined
}

/** Answers one request: what programs ask of the hub itself, what goes with its access, else the registry's. */
export async function answerRequest(
  { registry, access, forwarded, metrics }: HubParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const client = forwarded.find(request)
  if (client !== undefined) setClientAddress(request, client)
  metrics?.observe(request, response)
  if (request.url === '/healthz') return sendText(response, 200, 'ok\n')
  if (request.url === '/readyz') return await answerReadiness(registry, response)
  if (await access.handle(request, response)) return
  await registry.handle(request, response)
}

/** Ready is who reaches tables and bytes; one that does not is healthy, and would not be better after a restart. */
async function answerReadiness(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    await registry.checkHealth()
    sendText(response, 200, 'ok\n')
  } catch {
    response.setHeader('Retry-After', retryAfterSeconds)
    sendText(response, 503, 'unavailable\n')
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text)
}
