import type { HostCheck } from './host-check.ts'
import { canConnect, type HostFiles } from './host-files.ts'

export interface SocketOptions {
  /** Absolute path of the engine's socket. */
  socket: string
  /** Login name for the hint. */
  userName: string
  files: HostFiles
}

/** Whether the engine's socket is there and this user may connect to it. */
export async function checkSocket({ socket, userName, files }: SocketOptions): Promise<HostCheck> {
  const name = 'engine socket'
  const kind = await files.find(socket)
  if (!kind) {
    return { name, status: 'warning', detail: `${socket} does not exist`, hint: 'Start the engine: berthd' }
  }
  if (kind !== 'socket') {
    return {
      name,
      status: 'warning',
      detail: `${socket} is not a socket`,
      hint: 'Remove it, then start the engine: berthd',
    }
  }
  if (await files.isAccessible(socket, canConnect))
    return { name, status: 'ok', detail: `${socket} accepts ${userName}` }
  const hint = `Join the group that may connect: sudo usermod -aG docker ${userName}, then log in again`
  return { name, status: 'warning', detail: `${userName} may not connect to ${socket}`, hint }
}
