import { createHmac } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { DueDelivery } from '@berth/catalog'
import { messageOf } from '@berth/stdx'
import { findReachableAddress, type ReachableOptions } from './reachable-address.ts'

const timeoutMs = 10_000
/** What a receiver says is not kept; so much of it is read, so that it is not cut off while it speaks. */
const answerBytesMax = 64 * 1024
const errorLengthMax = 200

export type SendOptions = Omit<ReachableOptions, 'signal'> & { signal: AbortSignal; timeoutMs?: number }

/** How a delivery went: an answer of any status, or none. */
export type Outcome = { status: number } | { error: string }

/**
 * Sends one delivery, signed as GitHub signs its own: `X-Hub-Signature-256` is the HMAC of the body. Redirects are not
 * followed. Never rejects but when `signal` is aborted.
 */
export async function sendDelivery(delivery: DueDelivery, options: SendOptions): Promise<Outcome> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? timeoutMs)
  const signal = AbortSignal.any([options.signal, timeout])
  try {
    const url = new URL(delivery.url)
    const address = await findReachableAddress(url.hostname, { ...options, signal })
    return { status: await post(url, delivery, { address, signal }) }
  } catch (error) {
    options.signal.throwIfAborted()
    const reason = timeout.aborted ? 'no answer in time' : messageOf(error)
    return { error: reason.slice(0, errorLengthMax) }
  }
}

async function post(
  url: URL,
  { id, body, secret }: DueDelivery,
  { address, signal }: { address: string; signal: AbortSignal },
): Promise<number> {
  const bytes = Buffer.from(body)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = send(url, {
    method: 'POST',
    signal,
    // Asked for the address of the host, the answer is the one that was checked.
    lookup: (_host, options, callback) => {
      const family = isIPv6(address) ? 6 : 4
      if (options.all) callback(null, [{ address, family }])
      else callback(null, address, family)
    },
    agent: false,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': bytes.length,
      'User-Agent': 'berth-hub',
      'X-Hub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
    },
  })
  request.end(bytes)
  const [response] = (await once(request, 'response', { signal })) as [IncomingMessage]
  await readSome(response)
  return response.statusCode ?? 0
}

async function readSome(response: IncomingMessage): Promise<void> {
  let sizeBytes = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length
    // Leaving the loop ends the connection.
    if (sizeBytes > answerBytesMax) return
  }
}
