import { parseQueryBoolean, versionAtLeast } from '@berth/api'
import { parseDetachKeys, type ContainerService } from '@berth/engine'
import { CodedError } from '@berth/stdx'
import { hijack, type Reply } from '../server/reply.ts'
import type { RequestContext } from '../server/route.ts'
import { relay } from './relay.ts'

/** Frames are announced to clients that asked to upgrade; older ones know only one type for both. */
export function outputType(
  isTerminal: boolean,
  { apiVersion, isUpgrade }: { apiVersion: string; isUpgrade: boolean },
): string {
  const isFramed = !isTerminal && isUpgrade && versionAtLeast(apiVersion, '1.42')
  return isFramed ? 'application/vnd.docker.multiplexed-stream' : 'application/vnd.docker.raw-stream'
}

type AttachContext = Pick<RequestContext, 'query' | 'apiVersion' | 'isUpgrade' | 'signal'>

/** POST /containers/{name}/attach: what was logged, then the live streams, each if asked for. */
export async function attachToContainer(
  containers: Pick<ContainerService, 'attach' | 'logs'>,
  name: string,
  context: AttachContext,
): Promise<Reply> {
  const flag = (key: string) => parseQueryBoolean(context.query.get(key))
  const streams = { stdin: flag('stdin'), stdout: flag('stdout'), stderr: flag('stderr') }
  if (!flag('logs') && !flag('stream'))
    throw new CodedError('invalid-argument', 'Bad parameters: you must choose logs or stream')
  const detachKeys = parseDetachKeys(context.query.get('detachKeys') ?? '')
  const attachment = await containers.attach(name, flag('stream') ? streams : noStreams)
  const past = flag('logs')
    ? containers.logs(name, { ...pastLogs, ...streams, signal: context.signal }).body
    : undefined
  const { stream, isTerminal } = attachment
  const options = {
    signal: context.signal,
    hasInput: streams.stdin,
    detachKeys: isTerminal ? detachKeys : undefined,
    ...(past ? { before: past } : {}),
  }
  return hijack((connection) => relay(connection, stream, options), {
    contentType: outputType(isTerminal, context),
  })
}

const noStreams = { stdin: false, stdout: false, stderr: false }
const pastLogs = { follow: false, timestamps: false, details: false, since: '', until: '', tail: 'all' }
