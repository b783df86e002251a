import * as v from 'valibot'
import { CodedError } from '@berth/stdx'

const list = v.optional(v.array(v.string()))
const text = v.optional(v.string())
const flag = v.optional(v.boolean())
const count = v.optional(v.pipe(v.number(), v.integer()))

/** The keys of daemon.json that have an effect here: Docker's names and shapes. */
const schema = v.object({
  bip: text,
  bridge: text,
  'cgroup-parent': text,
  'data-root': text,
  debug: flag,
  'default-runtime': text,
  'exec-root': text,
  group: text,
  hosts: list,
  'insecure-registries': list,
  labels: list,
  'live-restore': flag,
  'log-driver': text,
  'log-format': text,
  'log-level': text,
  'log-opts': v.optional(v.record(v.string(), v.string())),
  'max-concurrent-downloads': count,
  'max-concurrent-uploads': count,
  pidfile: text,
  proxies: v.optional(v.object({ 'http-proxy': text, 'https-proxy': text, 'no-proxy': text })),
  'registry-mirrors': list,
  runtimes: v.optional(v.record(v.string(), v.object({ path: v.string(), runtimeArgs: list }))),
  'shutdown-timeout': count,
  'storage-driver': text,
  tls: flag,
  tlscacert: text,
  tlscert: text,
  tlskey: text,
  tlsverify: flag,
})

/** What flags and daemon.json say, before anything is read into it. */
export type Settings = v.InferOutput<typeof schema>

/** Docker's other keys: a file that has them is taken, and the start says that they do nothing. */
const withoutEffect: ReadonlySet<string> = new Set(
  `allow-direct-routing authorization-plugins allow-nondistributable-artifacts api-cors-header builder cdi-spec-dirs
  containerd containerd-namespace containerd-plugin-namespace cpu-rt-period cpu-rt-runtime default-address-pools
  default-cgroupns-mode default-gateway default-gateway-v6 default-ipc-mode default-network-opts default-shm-size
  default-ulimits dns dns-opts dns-search exec-opts experimental features firewall-backend fixed-cidr fixed-cidr-v6
  host-gateway-ip host-gateway-ips icc init init-path ip ip-forward ip-forward-no-drop ip-masq ip6tables
  iptables ipv6 max-download-attempts metrics-addr min-api-version mtu network-control-plane-mtu no-new-privileges
  node-generic-resources oom-score-adjust raw-logs rootless seccomp-profile selinux-enabled storage-opts
  swarm-default-advertise-addr userland-proxy userland-proxy-path userns-remap`.split(/\s+/),
)

/** Checks a parsed daemon.json; throws `invalid-argument`. Keys that are known and do nothing are named. */
export function parseSettings(value: unknown): { settings: Settings; ignored: string[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('it is not a JSON object')
  const keys = Object.keys(value)
  const unknown = keys.filter((key) => !Object.hasOwn(schema.entries, key) && !withoutEffect.has(key))
  if (unknown.length > 0)
    throw invalid(`the following directives don't match any configuration option: ${unknown.join(', ')}`)
  const result = v.safeParse(schema, value)
  if (!result.success) {
    const [issue] = result.issues
    throw invalid(`invalid value for ${JSON.stringify(v.getDotPath(issue) ?? '')}: ${issue.message}`)
  }
  return { settings: result.output, ignored: keys.filter((key) => withoutEffect.has(key)) }
}

function invalid(state: string): CodedError {
  return new CodedError('invalid-argument', state)
}
