import { CodedError, systemCode } from '@berth/stdx'
import type { EngineRequest } from './engine-client.ts'
import type { SshFailure } from './ssh-tunnel.ts'
import type { TransportOptions } from './transport-options.ts'

const startHint =
  "Start the engine with 'sudo berthd' and try again; 'berth system doctor' tells what it lacks."
const groupHint =
  "Join the socket's group with 'sudo usermod -aG docker $USER' and log in again, or use sudo."

/** Why an engine could not be talked to, in the words that scripts look for, with the next step. */
export function connectionError(error: Error, options: TransportOptions, request: EngineRequest): CodedError {
  const { host, address } = options
  const code = systemCode(error) ?? ''
  if (code === 'EACCES' || code === 'EPERM') return permissionDenied(error, options, request)
  if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(code)) {
    return new CodedError(
      'unavailable',
      `Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`,
      {
        cause: error,
        hint: address.kind === 'unix' ? startHint : `Check that an engine listens on ${host}.`,
      },
    )
  }
  if (code === 'HPE_INVALID_CONSTANT' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return tlsMismatch(error, options)
  if (isCertificateCode(code)) {
    return new CodedError(
      'unavailable',
      `error during connect: ${formatRequest(options, request)}: ${error.message}`,
      {
        cause: error,
        hint: 'Check the certificates: --tlscacert names the authority that signed the one of the engine.',
      },
    )
  }
  return new CodedError(
    'unavailable',
    `error during connect: ${formatRequest(options, request)}: ${error.message}`,
    {
      cause: error,
      hint: `Check that an engine listens on ${host}.`,
    },
  )
}

/** An ssh that ended without a connection, with what it said. */
export function tunnelError(
  { command, status, stderr }: SshFailure,
  options: TransportOptions,
  request: EngineRequest,
): CodedError {
  const ended = `command [${command}] has exited with exit status ${status}`
  return new CodedError(
    'unavailable',
    `error during connect: ${formatRequest(options, request)}: ${ended}, make sure the URL is valid: stderr=${stderr}`,
    {
      hint: 'The other machine needs an engine, and berth or docker on the PATH of an ssh without a terminal.',
    },
  )
}

/** An engine that was ended, or a connection that was cut, in the middle of what it said. */
export function cutReply(error: unknown, { host }: TransportOptions): CodedError {
  return new CodedError('unavailable', 'unexpected EOF', {
    cause: error,
    hint: `The engine at ${host} ended the connection: see that it runs, and try again.`,
  })
}

function permissionDenied(error: Error, options: TransportOptions, request: EngineRequest): CodedError {
  const path = options.address.kind === 'unix' ? options.address.path : options.host
  return new CodedError(
    'forbidden',
    `permission denied while trying to connect to the Docker daemon socket at ${options.host}: ` +
      `${formatRequest(options, request)}: dial unix ${path}: connect: permission denied`,
    { cause: error, hint: groupHint },
  )
}

function tlsMismatch(error: Error, { tls }: TransportOptions): CodedError {
  const message = tls
    ? 'http: server gave HTTP response to HTTPS client'
    : 'Client sent an HTTP request to an HTTPS server.\n* Are you trying to connect to a TLS-enabled daemon without TLS?'
  return new CodedError('unavailable', message, {
    cause: error,
    hint: tls ? 'Leave --tls out, or give the engine certificates.' : 'Add --tls or --tlsverify.',
  })
}

function isCertificateCode(code: string): boolean {
  return /^(ERR_TLS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)
}

/** `Get "http://%2Frun%2Fx.sock/v1.41/info"`, as Go clients name a request. */
function formatRequest({ address, tls }: TransportOptions, { method, path }: EngineRequest): string {
  const authority =
    address.kind === 'unix'
      ? encodeURIComponent(address.path)
      : address.port === ''
        ? address.hostname
        : `${address.hostname}:${address.port}`
  const verb = method.charAt(0) + method.slice(1).toLowerCase()
  return `${verb} "${tls ? 'https' : 'http'}://${authority}${path}"`
}
