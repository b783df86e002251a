import { readFileSync } from 'node:fs'

/** One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)). */
export interface MountEntry {
  mountPoint: string
  type: string
  source: string
  /** Options of the file system, such as `upperdir=/x`; paths as they are, escapes undone. */
  options: string[]
}

/** What is mounted right now. Synchronous, so that nothing of this process comes between looking and mounting. */
export function readMountTable(): MountEntry[] {
  return parseMountTable(readFileSync('/proc/self/mountinfo', 'latin1'))
}

/** `text` holds one character a byte: paths need not be UTF-8. */
export function parseMountTable(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => {
    const [own, file] = line.split(' - ', 2)
    const mountPoint = own?.split(' ')[4]
    const [type, source, options] = file?.split(' ') ?? []
    if (mountPoint === undefined || type === undefined || source === undefined) return []
    return [
      {
        mountPoint: unescape(mountPoint),
        type,
        source: unescape(source),
        options: (options ?? '').split(',').map(unescape),
      },
    ]
  })
}

/** The kernel writes blanks, commas and backslashes of names as three octal digits. */
function unescape(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
  return Buffer.from(bytes, 'latin1').toString()
}

/** The value of `name=value`, or undefined. */
export function mountOption(entry: MountEntry, name: string): string | undefined {
  const prefix = `${name}=`
  return entry.options.find((option) => option.startsWith(prefix))?.slice(prefix.length)
}
