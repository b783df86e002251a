import { chmodSync, chownSync } from 'node:fs'
import { lstat, mkdir, readFile, rm } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { CodedError, systemCode } from '@berth/stdx'

export interface SocketGroup {
  name: string
  /** Its absence is an error, else the socket is left to root alone. */
  isRequired: boolean
}

const connectTimeoutMs = 1_000

/** Listens on a socket file that nobody but root and the group can open, at no moment; gives false when the group is unknown. */
export async function listenUnix(server: Server, path: string, group: SocketGroup): Promise<boolean> {
  const groupId = await findGroupId(group.name)
  if (groupId === undefined && group.isRequired) {
    throw new CodedError(
      'invalid-argument',
      `Cannot listen on unix://${path}: group ${group.name} not found`,
      {
        hint: `Create it with "groupadd ${group.name}", or name another with --group.`,
      },
    )
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o711 })
  await removeStaleSocket(path)
  await listenPrivately(server, path)
  if (groupId !== undefined) {
    chownSync(path, 0, groupId)
    chmodSync(path, 0o660)
  }
  return groupId !== undefined
}

/** The file is made during the call of listen(): under this umask it is born closed to everyone else. */
function listenPrivately(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const before = process.umask(0o177)
  try {
    server.once('error', reject).listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  } finally {
    process.umask(before)
  }
  return promise
}

/** A socket file that nobody answers on is left from an engine that was killed; any other file is not ours to remove. */
async function removeStaleSocket(path: string): Promise<void> {
  const info = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (!info) return
  if (!info.isSocket())
    throw new CodedError('conflict', `Cannot listen on unix://${path}: a file is there that is no socket`)
  if (await answers(path)) {
    throw new CodedError('conflict', `Cannot listen on unix://${path}: another engine answers there`, {
      hint: 'Stop it first, or give this one a socket of its own with -H.',
    })
  }
  await rm(path, { force: true })
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  const settle = (isAnswered: boolean) => {
    socket.destroy()
    resolve(isAnswered)
  }
  // Busy is alive too: only a refusal says that nobody is there.
  socket.setTimeout(connectTimeoutMs, () => settle(true))
  socket.once('connect', () => settle(true))
  socket.once('error', (error) => settle(systemCode(error) !== 'ECONNREFUSED'))
  return promise
}

/** By name or number; undefined when /etc/group has no such name. */
async function findGroupId(name: string): Promise<number | undefined> {
  if (/^\d+$/.test(name)) return Number(name)
  const lines = (await readFile('/etc/group', 'utf8').catch(() => '')).split('\n')
  const id = lines.map((line) => line.split(':')).find(([candidate]) => candidate === name)?.[2]
  return id === undefined ? undefined : Number(id)
}
