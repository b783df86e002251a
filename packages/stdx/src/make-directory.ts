import { mkdir, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CodedError, systemCode } from './coded-error.ts'

/** File systems through which the kernel shows itself, by `f_type` of statfs(2) (linux/magic.h). */
const kernelFileSystems: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x62656570, 'configfs'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0xf97cff8c, 'selinuxfs'],
  [0xcafe4a11, 'bpf'],
  [0x1cd1, 'devpts'],
  [0x19800202, 'mqueue'],
])

/**
 * Makes a directory where files are to be kept, and those above it; one that is there is fine. Throws `invalid-argument`
 * below /proc and its like, before anything is made: a directory of cgroups is a cgroup. Other refusals are the system's.
 *
 * Node's own way with `recursive` never ends where the system finds nothing to put a directory into though what is above is
 * there: below /proc, and behind a link to nowhere.
 */
export async function makeDirectory(path: string, { mode = 0o777 } = {}): Promise<void> {
  const whole = resolve(path)
  const kind = kernelFileSystems.get(await findFileSystem(whole))
  if (kind !== undefined)
    throw new CodedError(
      'invalid-argument',
      `Cannot keep anything in ${path}: ${kind} is a file system of the kernel, for no files`,
    )
  await makeWithParents(whole, mode)
}

/** Of what is there of a path. */
async function findFileSystem(path: string): Promise<number> {
  try {
    return (await statfs(path)).type
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || path === dirname(path)) return -1
    return findFileSystem(dirname(path))
  }
}

async function makeWithParents(path: string, mode: number): Promise<void> {
  try {
    return await makeOne(path, mode)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || path === dirname(path)) throw error
  }
  await makeWithParents(dirname(path), mode)
  await makeOne(path, mode)
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    // The slash refuses what is there and no directory: a file, or a link to nowhere.
    await stat(`${path}/`)
  }
}
