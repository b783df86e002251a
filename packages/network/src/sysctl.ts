import { systemCode } from '@berth/stdx'
import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Settings below /proc/sys/net. They are those of the calling thread's network namespace, so both calls are
 * synchronous: on libuv's pool they could meet another one.
 */
export function readSetting(name: string): string {
  return readFileSync(`/proc/sys/net/${name}`, 'utf8').trim()
}

/** False when the kernel has no such setting, as `ipv6/…` on one that was started without IPv6. */
export function writeSetting(name: string, value: string): boolean {
  try {
    writeFileSync(`/proc/sys/net/${name}`, value)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
