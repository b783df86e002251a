import { readFileSync } from 'node:fs'
import { release } from 'node:os'

const [major = 0, minor = 0] = release().split('.').map(Number)
const canMountFiles =
  (major > 6 || (major === 6 && minor >= 12)) &&
  readFileSync('/proc/filesystems', 'utf8').includes('\terofs\n')

/** Options of tests that mount layers: skipped, with the reason, where the kernel or the user cannot. */
export const mounting: { skip: string | false } = {
  skip:
    process.getuid?.() === 0 ? !canMountFiles && 'needs file-backed EROFS mounts (Linux 6.12)' : 'needs root',
}
