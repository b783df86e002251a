import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, systemCode } from '@berth/stdx'
import type { Kernel } from '@berth/syscalls'

export interface OverlayMount {
  /** Absolute paths, topmost first; at least one, two without a top. */
  lowers: readonly string[]
  /** What can be written; without it the view is read-only. */
  top?: { upper: string; work: string }
  target: string
  /** What is written is never made durable (Linux 5.10): for a top that does not outlive its mount. */
  volatile?: boolean
  /** For what is needed during the call. */
  runDirectory: string
}

/**
 * Options that keep an upper directory plain: only whole files, 0/0 devices and opaque directories, which can be read
 * without overlayfs. A kernel that lacks the module parameter neither knows the option nor needs it.
 * Linux, Documentation/filesystems/overlayfs.rst.
 */
const plainOptions = [
  { parameter: 'index', option: 'index', value: 'off' },
  { parameter: 'metacopy', option: 'metacopy', value: 'off' },
  { parameter: 'redirect_always_follow', option: 'redirect_dir', value: 'nofollow' },
] as const

/** Answers of kernels that lack the file-system context calls (before 5.2) or `lowerdir+` (before 6.7), or refuse a long value. */
const contextRefusals = new Set(['ENOSYS', 'EINVAL', 'EPERM'])

/** mount(2) reads one page, its NUL included. */
const mountDataBytesMax = 4095

/** Mounts an overlay, by single options where the kernel can, so that the number of layers has no limit but the kernel's 500. */
export function mountOverlay(kernel: Pick<Kernel, 'mount' | 'mountByContext'>, overlay: OverlayMount): void {
  const options = plainOptions.filter(({ parameter }) =>
    existsSync(join('/sys/module/overlay/parameters', parameter)),
  )
  const plain = options.map(({ option, value }): [string, string] => [option, value])
  try {
    kernel.mountByContext('overlay', overlay.target, [
      ['source', 'overlay'],
      ...overlay.lowers.map((lower): [string, string] => ['lowerdir+', lower]),
      ...topOptions(overlay),
      ...plain,
      ...(overlay.volatile ? [['volatile', true] as [string, true]] : []),
    ])
  } catch (error) {
    if (!contextRefusals.has(systemCode(error) ?? '')) throw error
    mountOnePage(kernel, overlay, plain)
  }
}

const topOptions = ({ top }: OverlayMount): [string, string][] =>
  top
    ? [
        ['upperdir', top.upper],
        ['workdir', top.work],
      ]
    : []

/** Links with short names take the place of the paths, which the kernel resolves only now. */
function mountOnePage(
  kernel: Pick<Kernel, 'mount'>,
  overlay: OverlayMount,
  plain: readonly [string, string][],
): void {
  const links = mkdtempSync(join(overlay.runDirectory, 'lowers-'))
  const descriptor = openSync(links, constants.O_DIRECTORY)
  try {
    const lowers = overlay.lowers.map((lower, index) => {
      symlinkSync(lower, join(links, String(index)))
      return `/proc/self/fd/${descriptor}/${index}`
    })
    const data = pageOf({ ...overlay, lowers }, plain)
    kernel.mount({ source: 'overlay', target: overlay.target, type: 'overlay', data })
  } finally {
    closeSync(descriptor)
    rmSync(links, { recursive: true })
  }
}

function pageOf(overlay: OverlayMount, plain: readonly [string, string][]): string {
  const data = [
    `lowerdir=${overlay.lowers.join(':')}`,
    ...[...topOptions(overlay), ...plain].map(([option, value]) => `${option}=${value}`),
    ...(overlay.volatile ? ['volatile'] : []),
  ].join(',')
  if (Buffer.byteLength(data) <= mountDataBytesMax) return data
  throw new CodedError(
    'failed-precondition',
    `Cannot mount ${overlay.target}: ${overlay.lowers.length} layers are too many for this kernel`,
    { hint: 'Linux 6.7 or later mounts up to 500 layers.' },
  )
}
