import { bind, systemCallNumbers } from './library.ts'

const cPrctl = bind(
  'prctl',
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
)
const cWaitpid = bind('waitpid', 'int waitpid(int pid, uint8_t *status, int options)')
const cWaitid = bind('waitid', 'int waitid(int type, unsigned int id, uint8_t *info, int options)')
const syscallPidfdOpen = bind('pidfd_open', 'long syscall(long number, long pid, long flags)')
const syscallPidfdSendSignal = bind(
  'pidfd_send_signal',
  'long syscall(long number, long fd, long signal, const uint8_t *info, long flags)',
)

const prSetChildSubreaper = 36
const noHang = 1

/** Orphans below this process become its children from now on, so that it can wait for them. */
export function becomeChildSubreaper(): void {
  cPrctl('PR_SET_CHILD_SUBREAPER', prSetChildSubreaper, 1, 0, 0, 0)
}

/** How a process ended: its code, or 128 + the signal that ended it, as a shell shows it. */
export interface WaitResult {
  pid: number
  exitCode: number
  signal: number | undefined
}

/** Reaps the child `pid` if it has ended; undefined while it runs. Throws ECHILD when it is not a child. */
export function waitForChild(pid: number): WaitResult | undefined {
  const status = Buffer.alloc(4)
  if (cWaitpid(String(pid), pid, status, noHang) === 0) return undefined
  return decodeStatus(pid, status.readInt32LE())
}

/** wait(2): the low seven bits are the signal, the next byte the exit code. */
function decodeStatus(pid: number, status: number): WaitResult {
  const signal = status & 0x7f
  return signal === 0
    ? { pid, exitCode: (status >> 8) & 0xff, signal: undefined }
    : { pid, exitCode: 128 + signal, signal }
}

const allChildren = 0
const waitOptions = { noHang: 1, exited: 4, noWait: 0x01000000 }

/** The pid of some child that has ended and was not reaped yet; it stays so. Undefined when there is none. */
export function peekEndedChild(): number | undefined {
  const info = Buffer.alloc(128)
  try {
    cWaitid('', allChildren, 0, info, waitOptions.noHang | waitOptions.exited | waitOptions.noWait)
  } catch (error) {
    if ((error as { code?: string }).code === 'ECHILD') return undefined
    throw error
  }
  // siginfo_t of 64-bit Linux: si_signo, si_errno, si_code, padding, si_pid.
  return info.readInt32LE(0) === 0 ? undefined : info.readInt32LE(16)
}

/** A descriptor of the process that stays true when the pid is used again; the caller closes it. Throws ESRCH. */
export function openPidfd(pid: number): number {
  return syscallPidfdOpen(String(pid), systemCallNumbers.pidfd_open, pid, 0)
}

export function signalPidfd(pidfd: number, signal: number): void {
  syscallPidfdSendSignal('', systemCallNumbers.pidfd_send_signal, pidfd, signal, null, 0)
}

const cIoctl = bind('ioctl', 'int ioctl(int fd, unsigned long request, uint8_t *argument)')

/** PIDFD_GET_INFO of <linux/pidfd.h>: the first version of `struct pidfd_info`, 64 bytes. */
const getInfoRequest = 0xc040ff0b
const infoBytes = 64
const infoExit = 8n
const infoOffsets = { mask: 0, exitStatus: 60 } as const

/**
 * How the process behind `pidfd` ended, whoever its parent was; undefined while its parent has not waited for it yet.
 * Needs Linux 6.15 and a descriptor opened while the process ran; throws ENOTTY or EINVAL before, ESRCH when it was late.
 */
export function readPidfdExit(pidfd: number): Omit<WaitResult, 'pid'> | undefined {
  const info = Buffer.alloc(infoBytes)
  info.writeBigUInt64LE(infoExit, infoOffsets.mask)
  cIoctl('PIDFD_GET_INFO', pidfd, getInfoRequest, info)
  if ((info.readBigUInt64LE(infoOffsets.mask) & infoExit) === 0n) return undefined
  const { exitCode, signal } = decodeStatus(0, info.readInt32LE(infoOffsets.exitStatus))
  return { exitCode, signal }
}
