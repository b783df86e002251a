import { CodedError, readBounded } from '@berth/stdx'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const nftTimeoutMs = 10_000
const outputBytesMax = 65_536

export interface BridgeRules {
  bridge: string
  /** As `172.17.0.0/16`. */
  subnet: string
  /** Drop what is forwarded between interfaces that are no bridges: for hosts that were no routers before. */
  guardsForwarding: boolean
}

/** The table that holds all rules of one bridge. */
const tableOf = (bridge: string): string => `berth-${bridge}`

/**
 * The rules of a bridge; they replace those that were there, in one transaction.
 *
 * Containers reach everything, under the host's address. From outside only answers come back: packets for a
 * container's own address are dropped before connection tracking sees them, unless they come from the bridge or from
 * the host itself.
 */
function formatRules({ bridge, subnet, guardsForwarding }: BridgeRules): string {
  const table = tableOf(bridge)
  const guard = guardsForwarding ? 'meta iifkind != "bridge" meta oifkind != "bridge" ct state new drop' : ''
  return `
table ip ${table}
delete table ip ${table}
table ip ${table} {
  chain raw-prerouting {
    type filter hook prerouting priority raw; policy accept;
    iifname != { "lo", "${bridge}" } ip daddr ${subnet} drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "${bridge}" ct state established,related accept
    iifname "${bridge}" accept
    oifname "${bridge}" drop
    ${guard}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname != "${bridge}" ip saddr ${subnet} masquerade
  }
}
`
}

export async function applyRules(rules: BridgeRules): Promise<void> {
  await runNft(formatRules(rules))
}

/** Idempotent: the empty table is made if need be, so that there is one to delete. */
export async function deleteRules(bridge: string): Promise<void> {
  const table = tableOf(bridge)
  await runNft(`table ip ${table}\ndelete table ip ${table}\n`)
}

/** One transaction of nft(8): all of the script takes effect, or nothing. */
async function runNft(script: string): Promise<void> {
  const child = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'], timeout: nftTimeoutMs })
  // A child that died early is reported by its exit, not by the pipe.
  child.stdin.on('error', () => {})
  child.stdin.end(script)
  const [stderr, exitCode] = await Promise.all([
    readBounded(child.stderr, outputBytesMax, 'nft output'),
    once(child, 'close').then(([code]) => code as number | null),
  ]).catch((cause: unknown) => {
    throw new CodedError('failed-precondition', 'Cannot run nft', { cause, hint: 'Install nftables.' })
  })
  if (exitCode !== 0) {
    throw new CodedError(
      'internal',
      `Cannot set packet filter: nft: ${Buffer.from(stderr).toString().trim()}`,
    )
  }
}
