import type { LogOptions } from '@berth/runtime'
import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { connectNetwork, disconnectNetwork } from './process/container-network.ts'
import { buildContainerSpec } from './process/container-spec.ts'
import type { ContainerContext } from './container-context.ts'
import { containerEvent } from './record/container-events.ts'
import { removeLocked } from './remove.ts'
import { logPath, mountRootfs, unmountRootfs } from './process/container-files.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { parseLogOptions } from './streams/log-options.ts'

/** Starts a container. Returns false when it runs already. A failed start leaves it as it was, with the reason in its state. */
export async function startContainer(context: ContainerContext, nameOrId: string): Promise<boolean> {
  const { id } = getContainer(context.containers, nameOrId)
  return context.mutex.run(id, () => {
    const record = getContainer(context.containers, id)
    if (isRunning(record)) return Promise.resolve(false)
    context.restarter.cancel(id)
    return startLocked(context, record).then(() => true)
  })
}

async function startLocked(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (record.state.status === 'removing' || record.state.status === 'dead') {
    throw new CodedError('conflict', 'container is marked for removal and cannot be started')
  }
  try {
    await run(context, record)
  } catch (error) {
    const failed = context.containers.setState(record.id, {
      exitCode: startExitCode(messageOf(error)),
      error: messageOf(error),
    })
    // Nothing will ever exit, so nothing else would remove it.
    if (record.hostConfig.AutoRemove) await removeLocked(context, failed)
    throw isCoded(error) ? error : new CodedError('internal', messageOf(error), { cause: error })
  }
}

/** Every step registers its undo; they are kept only when the process runs. */
async function run(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await using undo = new AsyncDisposableStack()
  const rootfs = await mountRootfs(context, record.id)
  undo.defer(() => unmountRootfs(context, record.id))
  const network = await connectNetwork(context, record)
  undo.defer(() => disconnectNetwork(context, record))
  const spec = buildContainerSpec(context, record, { rootfs, network })
  const { Tty, OpenStdin, StdinOnce } = record.config
  const [rows, columns] = record.hostConfig.ConsoleSize ?? [0, 0]
  const started = await context.monitor.start({
    containerId: record.id,
    runtime: context.runtimes.resolve(record.runtime).path,
    spec,
    stdio: {
      openStdin: OpenStdin,
      stdinOnce: StdinOnce,
      ...(Tty && rows > 0 ? { consoleSize: { rows, columns } } : {}),
    },
    log: logOptions(context, record),
  })
  undo.move()
  context.containers.setState(record.id, {
    status: 'running',
    pid: started.pid,
    exitCode: 0,
    error: '',
    startedAt: started.startedAt,
    isOomKilled: false,
    isManuallyStopped: false,
  })
  containerEvent(context.events, record, { action: 'start' })
}

/** Docker's codes for a process that could not be started. */
function startExitCode(message: string): number {
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/.test(message)
  )
    return 127
  return /permission denied|is a directory/.test(message) ? 126 : 128
}

function logOptions(context: ContainerContext, record: ContainerRecord): LogOptions {
  const { Type, Config } = record.hostConfig.LogConfig
  const limits = parseLogOptions(Config ?? {}, context.settings.logDefaults)
  return { driver: Type === 'none' ? 'none' : 'json-file', path: logPath(context, record.id), ...limits }
}
