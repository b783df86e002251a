import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { readBounded, type ErrorCode } from '@berth/stdx'
import { familiarName, familiarReference, type Reference } from '@berth/oci'
import { chooseChallenge } from './auth/challenge.ts'
import { EndpointFailure, type FailureKind } from './transport/endpoint-failure.ts'
import { isUsedUp, limitText } from './rate-limit.ts'
import { readBody } from './transport/body.ts'
import { retryAfterMs } from './transport/retry-after.ts'

const bodyBytesMax = 64 * 1024
/** What a server has to say beside its status is not worth a longer wait. */
const bodyStallMs = 5_000
const messageLengthMax = 500

interface RegistryError {
  code: string
  message: string
}

/** What was wanted: an image to pull, a repository to push to, or some other thing by its noun. */
export type Wanted = Reference | { pushTo: Reference } | string

/** Turns a response that is not the one asked for into a failure in Docker's words. */
export async function refusal(response: IncomingMessage, what: Wanted): Promise<EndpointFailure> {
  const status = response.statusCode ?? 0
  const told = await readError(response)
  const summary = told.code
    ? `${status} ${told.code.toLowerCase().replaceAll('_', ' ')}`
    : `${status} ${response.statusMessage ?? ''}`.trim()
  const { message, code, hint } = wording(status, { told, response, what })
  return new EndpointFailure(message, {
    kind: kindOf(status, response.headers),
    code,
    summary,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
    ...(hint === undefined ? {} : { hint }),
  })
}

function kindOf(status: number, headers: IncomingHttpHeaders): FailureKind {
  // Hours would pass until it is another: better to ask somebody else.
  if (status === 429 && headers['retry-after'] === undefined && isUsedUp(headers)) return 'refused'
  return status === 408 || status === 429 || status >= 500 ? 'transient' : 'refused'
}

interface Wording {
  message: string
  code: ErrorCode
  hint?: string
}

interface Context {
  told: RegistryError
  response: IncomingMessage
  what: Wanted
}

function wording(status: number, { told, response, what }: Context): Wording {
  if (status === 401) return unauthorized(told, response, what)
  if (status === 403) return denied(told, what)
  if (status === 404) return notFound(told, what)
  if (status === 429) {
    return {
      message: `toomanyrequests: ${told.message || 'too many requests'}${limitText(response.headers)}`,
      code: 'unavailable',
      hint: 'Wait, log in for a higher limit, or use a mirror ("registry-mirrors" in daemon.json).',
    }
  }
  const text = `received unexpected HTTP status: ${status} ${response.statusMessage ?? ''}`.trim()
  return {
    message: told.message ? `${text}: ${told.message}` : text,
    code: status >= 500 ? 'unavailable' : 'internal',
  }
}

function unauthorized(told: RegistryError, response: IncomingMessage, what: Wanted): Wording {
  const challenge = chooseChallenge(response.headers['www-authenticate'])
  if (challenge?.error === 'insufficient_scope' || told.code === 'DENIED')
    return denied({ ...told, message: '' }, what)
  return {
    message: `unauthorized: ${told.message || 'authentication required'}`,
    code: 'unauthorized',
    hint: `Log in with "${loginCommand(what)}", or check the name.`,
  }
}

function loginCommand(what: Wanted): string {
  const registry =
    typeof what === 'string' ? 'docker.io' : 'pushTo' in what ? what.pushTo.registry : what.registry
  return registry === 'docker.io' ? 'berth login' : `berth login ${registry}`
}

const aboutRights = /access|authori[sz]|authenticat|permission|login/i

/** A registry that hides what it holds says the same for "not there" and "not yours", so Docker's text names both. */
function denied(told: RegistryError, what: Wanted): Wording {
  const state = `denied: ${told.message || 'requested access to the resource is denied'}`
  if (typeof what === 'string') return { message: state, code: 'forbidden' }
  if ('pushTo' in what) {
    // A quota, or a tag that may not change, is the same for everybody.
    if (!aboutRights.test(told.message || 'access')) return { message: state, code: 'forbidden' }
    const hint = `Log in with "${loginCommand(what)}" as somebody who may push to ${familiarName(what.pushTo)}.`
    return { message: state, code: 'forbidden', hint }
  }
  return {
    message: `pull access denied for ${familiarName(what)}, repository does not exist or may require 'docker login': ${state}`,
    code: 'not-found',
    hint: 'Check the spelling of the name, or log in if the repository is private.',
  }
}

function notFound(told: RegistryError, what: Wanted): Wording {
  if (typeof what === 'string')
    return { message: `${what} not found: ${told.message || '404'}`, code: 'not-found' }
  if ('pushTo' in what) {
    const name = familiarName(what.pushTo)
    return { message: `repository ${name} not found: ${told.message || '404'}`, code: 'not-found' }
  }
  if (told.code === 'NAME_UNKNOWN') {
    const state = told.message || 'repository name not known to registry'
    return {
      message: `repository ${familiarName(what)} not found: name unknown: ${state}`,
      code: 'not-found',
      hint: 'Check the spelling of the name; the registry has no such repository.',
    }
  }
  const state = told.message || 'manifest unknown'
  return {
    message: `manifest for ${familiarReference(what)} not found: manifest unknown: ${state}`,
    code: 'not-found',
    hint: `Check the ${what.digest === undefined ? 'tag' : 'digest'}; the registry has no such version of this image.`,
  }
}

/** The registry's own words: `{errors: [{code, message}]}`, or `{details}` from Docker Hub's token service. */
async function readError(response: IncomingMessage): Promise<RegistryError> {
  try {
    const body = readBody(response, 'the server', bodyStallMs)
    const bytes = await readBounded(body, bodyBytesMax, 'an error body')
    const error = JSON.parse(Buffer.from(bytes).toString('utf8')) as ErrorBody | null
    const first = Array.isArray(error?.errors) ? error.errors[0] : undefined
    return { code: clean(first?.code), message: clean(first?.message ?? error?.details) }
  } catch {
    // Not JSON, too long, too slow, or cut: the status line has to do.
    return { code: '', message: '' }
  }
}

interface ErrorBody {
  errors?: ({ code?: unknown; message?: unknown } | null)[]
  details?: unknown
}

/** What a stranger's server says ends up on a terminal and in logs: one line, printable, not endless. */
function clean(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, messageLengthMax)
        .trim()
    : ''
}
