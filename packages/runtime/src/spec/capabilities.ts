import { CodedError } from '@berth/stdx'

/** capabilities(7), in the order of their numbers, which begin at 0. */
const names = `
  CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
  NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
  SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`

const knownCapabilities = names
  .trim()
  .split(/\s+/)
  .map((name) => `CAP_${name}`)

/** What a container may do by default. */
export const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
]

export interface CapabilityChanges {
  isPrivileged: boolean
  /** Docker's names: with or without `CAP_`, in any case, or `ALL`. */
  add: readonly string[]
  drop: readonly string[]
}

/** The capabilities of a container, out of the `available` ones. Throws `invalid-argument` with Docker's words. */
export function selectCapabilities(changes: CapabilityChanges, available: readonly string[]): string[] {
  const add = changes.add.map((name) => parseCapability(name, 'CapAdd'))
  const drop = changes.drop.map((name) => parseCapability(name, 'CapDrop'))
  if (changes.isPrivileged) return [...available]
  if (add.includes(all)) return available.filter((name) => !drop.includes(name))
  const kept = drop.includes(all) ? [] : defaultCapabilities.filter((name) => !drop.includes(name))
  return [...new Set([...kept, ...add])]
}

const all = 'ALL'

function parseCapability(name: string, field: string): string {
  const upper = name.toUpperCase()
  if (upper === all) return all
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  if (!knownCapabilities.includes(full)) {
    throw new CodedError('invalid-argument', `invalid ${field}: unknown capability: "${full}"`)
  }
  return full
}

/** The capabilities in a mask as /proc/<pid>/status writes it. */
export function parseCapabilityMask(mask: string): string[] {
  const bits = BigInt(`0x${mask}`)
  return knownCapabilities.filter((_, number) => (bits >> BigInt(number)) & 1n)
}
