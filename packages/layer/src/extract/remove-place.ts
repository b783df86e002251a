import { systemCode } from '@berth/stdx'
import { atFlags, linuxKernel } from '@berth/syscalls'
import { closeSync, readdirSync } from 'node:fs'
import { openChildDirectory, verifyNotMounted, type Place } from './place.ts'

/** Removes what a name is, a directory with all that it holds; follows no link and leaves mounts alone. Nothing there is success. */
export function removePlace(place: Place): void {
  try {
    verifyNotMounted(place)
    linuxKernel.unlinkat(place.dirFd, place.name)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return
    // POSIX has EPERM for directories, Linux EISDIR.
    if (code !== 'EISDIR' && code !== 'EPERM') throw error
    removeDirectory(place)
  }
}

function removeDirectory(place: Place): void {
  const fd = openChildDirectory(place)
  try {
    const names = readdirSync(`/proc/self/fd/${fd}`, { encoding: 'buffer' })
    for (const name of names) removePlace({ dirFd: fd, name })
  } finally {
    closeSync(fd)
  }
  linuxKernel.unlinkat(place.dirFd, place.name, atFlags.removeDir)
}
