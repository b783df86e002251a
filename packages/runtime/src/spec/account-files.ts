import { CodedError } from '@berth/stdx'
import { linuxKernel, resolveFlags } from '@berth/syscalls'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A line of /etc/passwd. */
export interface PasswdEntry {
  name: string
  uid: number
  gid: number
  home: string
}

/** A line of /etc/group. */
export interface GroupEntry {
  name: string
  gid: number
  members: string[]
}

const maxFileBytes = 10 << 20

/**
 * Reads a small text file of a container, whose content is a stranger's: no link leads out of `rootfs`, nothing but a
 * regular file is opened for reading, and no more than 10 MB are read. Empty when there is none.
 */
export function readContainerFile(rootfs: string, path: string): string {
  const root = openSync(rootfs, constants.O_DIRECTORY | constants.O_RDONLY)
  try {
    return readRegularFile(
      linuxKernel.openat2(root, path, {
        // Without O_NONBLOCK opening a FIFO would wait for its writer.
        flags: constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
        resolve: resolveFlags.inRoot | resolveFlags.noMagiclinks,
      }),
      path,
    )
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  } finally {
    closeSync(root)
  }
}

function readRegularFile(descriptor: number, path: string): string {
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile())
      throw new CodedError('invalid-argument', `Cannot read "${path}" of the image: not a regular file`)
    if (stats.size > maxFileBytes) {
      throw new CodedError(
        'invalid-argument',
        `Cannot read "${path}" of the image: larger than ${maxFileBytes} bytes`,
      )
    }
    const buffer = Buffer.alloc(stats.size)
    return buffer.subarray(0, readSync(descriptor, buffer)).toString()
  } finally {
    closeSync(descriptor)
  }
}

/** passwd(5). Lines that have no numbers where they belong are passed over. */
export function parsePasswd(text: string): PasswdEntry[] {
  return fieldsOfLines(text).flatMap(([name = '', , uid = '', gid = '', , home = '']) =>
    isNumber(uid) && isNumber(gid) ? { name, uid: Number(uid), gid: Number(gid), home } : [],
  )
}

/** group(5). */
export function parseGroup(text: string): GroupEntry[] {
  return fieldsOfLines(text).flatMap(([name = '', , gid = '', members = '']) =>
    isNumber(gid)
      ? { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }
      : [],
  )
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

function fieldsOfLines(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(':'))
}
