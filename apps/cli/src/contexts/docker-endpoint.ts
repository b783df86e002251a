import { parseGoBoolean } from '@berth/api'
import { parseHostAddress } from '@berth/client'
import { CodedError, messageOf } from '@berth/stdx'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { localError } from '../command/local-error.ts'
import type { DockerEndpoint, StoredContext } from './stored-context.ts'

/** What `--docker` says: `host=…,ca=…,cert=…,key=…,skip-tls-verify=…`, or `from=CONTEXT`. */
type EndpointFlag = Readonly<Record<string, string>>

interface ResolvedEndpoint {
  endpoint: DockerEndpoint
  tls: ReadonlyMap<string, Uint8Array>
}

interface EndpointSurroundings {
  /** Where relative paths of certificates begin. */
  folder: string
  getContext(name: string): Promise<StoredContext>
}

/** Reads the certificates that the flag names and checks that they and the host can be used. */
export async function resolveDockerEndpoint(
  flag: EndpointFlag,
  surroundings: EndpointSurroundings,
): Promise<ResolvedEndpoint> {
  try {
    const unknown = Object.keys(flag).find((key) => !keys.has(key))
    if (unknown !== undefined) throw invalid(`unrecognized config key: ${unknown}`)
    if (flag['from']) return endpointOf(await surroundings.getContext(flag['from']))
    return await newEndpoint(flag, surroundings)
  } catch (error) {
    throw invalid(`unable to create docker endpoint config: ${messageOf(error)}`, error)
  }
}

/** The endpoint of a context, as another one may have it. */
function endpointOf({ metadata, tls }: StoredContext): ResolvedEndpoint {
  const { docker } = metadata.Endpoints
  if (!docker) throw invalid(`context "${metadata.Name}": no docker endpoint`)
  return { endpoint: docker, tls: new Map([...tls].filter(([file]) => file.startsWith('docker/'))) }
}

const keys = new Set(['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify'])

async function newEndpoint(flag: EndpointFlag, { folder }: EndpointSurroundings): Promise<ResolvedEndpoint> {
  const SkipTLSVerify = parseSkip(flag['skip-tls-verify'])
  const tls = new Map<string, Uint8Array>()
  for (const name of ['ca', 'cert', 'key']) {
    const path = flag[name]
    if (path) tls.set(`docker/${name}.pem`, await readNamed(resolve(folder, path), path))
  }
  const { host: Host } = flag
  if (!Host) return { endpoint: { SkipTLSVerify }, tls }
  checkHost(Host, tls)
  return { endpoint: { Host, SkipTLSVerify }, tls }
}

function parseSkip(text: string | undefined): boolean {
  const value = parseGoBoolean(text || 'false')
  if (value === undefined) throw invalid(`skip-tls-verify: parsing ${JSON.stringify(text)}: invalid syntax`)
  return value
}

async function readNamed(path: string, shown: string): Promise<Uint8Array> {
  return await readFile(path).catch((error: unknown) => {
    throw localError(error, `open ${shown}`)
  })
}

function checkHost(host: string, tls: ReadonlyMap<string, Uint8Array>): void {
  try {
    parseHostAddress(host, tls.size > 0)
  } catch (error) {
    throw invalid(`unable to apply docker endpoint options: ${messageOf(error)}`, error)
  }
  try {
    createSecureContext({ ca: pem(tls, 'ca'), cert: pem(tls, 'cert'), key: pem(tls, 'key') })
  } catch (error) {
    const why = `failed to retrieve context tls info: ${messageOf(error)}`
    throw invalid(`invalid docker endpoint options: ${why}`, error)
  }
}

function pem(tls: ReadonlyMap<string, Uint8Array>, name: string): Buffer | undefined {
  const bytes = tls.get(`docker/${name}.pem`)
  return bytes && Buffer.from(bytes)
}

function invalid(message: string, cause?: unknown): CodedError {
  return new CodedError('invalid-argument', message, { cause })
}
