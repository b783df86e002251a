import {
  bytesFlag,
  durationFlag,
  integerFlag,
  listFlag,
  mapFlag,
  stringFlag,
  switchFlag,
  type FlagValues,
  valuesFlag,
} from '../../../command/flag.ts'
import { checkDeviceRule, parseGpus } from './device.ts'
import { checkLabel, checkVariable } from './env-file.ts'
import { parseExtraHost } from './extra-host.ts'
import { parseMount } from './mount.ts'
import {
  cpusFlag,
  memorySwapFlag,
  parseRateBytes,
  parseRateOperations,
  parseUlimit,
  parseWeightDevice,
} from './resource-values.ts'
import { checkAddress, checkSysctl, parseStreamName } from './simple-values.ts'

const idFlags = {
  annotation: mapFlag('Add an annotation to the container (passed through to the OCI runtime)', {
    since: '1.43',
  }),
  attach: valuesFlag('Attach to STDIN, STDOUT or STDERR', { shorthand: 'a', parse: parseStreamName }),
  cidfile: stringFlag('Write the container ID to the file'),
  entrypoint: stringFlag('Overwrite the default ENTRYPOINT of the image'),
  env: listFlag('Set environment variables', { shorthand: 'e', check: checkVariable }),
  'env-file': listFlag('Read in a file of environment variables'),
  domainname: stringFlag('Container NIS domain name'),
  hostname: stringFlag('Container host name', { shorthand: 'h' }),
  init: switchFlag('Run an init inside the container that forwards signals and reaps processes'),
  interactive: switchFlag('Keep STDIN open even if not attached', { shorthand: 'i' }),
  label: listFlag('Set meta data on a container', { shorthand: 'l', check: checkLabel }),
  'label-file': listFlag('Read in a line delimited file of labels'),
  restart: stringFlag('Restart policy to apply when a container exits', { initial: 'no' }),
  rm: switchFlag('Automatically remove the container and its associated anonymous volumes when it exits'),
  'stop-signal': stringFlag('Signal to stop the container'),
  'stop-timeout': integerFlag('Timeout (in seconds) to stop a container'),
  tty: switchFlag('Allocate a pseudo-TTY', { shorthand: 't' }),
  user: stringFlag('Username or UID (format: <name|uid>[:<group|gid>])', { shorthand: 'u' }),
  workdir: stringFlag('Working directory inside the container', { shorthand: 'w' }),
}

const isolationFlags = {
  'cap-add': listFlag('Add Linux capabilities'),
  'cap-drop': listFlag('Drop Linux capabilities'),
  'cgroup-parent': stringFlag('Optional parent cgroup for the container'),
  cgroupns: stringFlag(
    "Cgroup namespace to use (host|private)\n'host':    Run the container in the host's cgroup namespace\n" +
      "'private': Run the container in its own private cgroup namespace\n'':        Use the engine's default",
  ),
  device: listFlag('Add a host device to the container'),
  'device-cgroup-rule': listFlag('Add a rule to the cgroup allowed devices list', { check: checkDeviceRule }),
  gpus: valuesFlag("GPU devices to add to the container ('all' to pass all GPUs)", {
    kind: 'gpu-request',
    parse: parseGpus,
  }),
  'group-add': listFlag('Add additional groups to join'),
  ipc: stringFlag('IPC mode to use'),
  isolation: stringFlag('Container isolation technology'),
  pid: stringFlag('PID namespace to use'),
  privileged: switchFlag('Give extended privileges to this container'),
  'read-only': switchFlag("Mount the container's root filesystem as read only"),
  runtime: stringFlag('Runtime to use for this container'),
  'security-opt': listFlag('Security Options'),
  sysctl: mapFlag('Sysctl options', { check: checkSysctl }),
  userns: stringFlag('User namespace to use'),
  uts: stringFlag('UTS namespace to use'),
}

const networkFlags = {
  'add-host': valuesFlag('Add a custom host-to-IP mapping (host:ip)', { parse: parseExtraHost }),
  dns: listFlag('Set custom DNS servers', { check: checkAddress }),
  'dns-opt': listFlag('Set DNS options', { isHidden: true }),
  'dns-option': listFlag('Set DNS options'),
  'dns-search': listFlag('Set custom DNS search domains'),
  expose: listFlag('Expose a port or a range of ports'),
  ip: stringFlag('IPv4 address (e.g., 172.30.100.104)'),
  ip6: stringFlag('IPv6 address (e.g., 2001:db8::33)'),
  link: listFlag('Add link to another container'),
  'link-local-ip': listFlag('Container IPv4/IPv6 link-local addresses'),
  'mac-address': stringFlag('Container MAC address (e.g., 92:d0:c6:0a:29:33)'),
  net: listFlag('Connect a container to a network', { kind: 'network', isHidden: true }),
  'net-alias': listFlag('Add network-scoped alias for the container', { isHidden: true }),
  network: listFlag('Connect a container to a network', { kind: 'network' }),
  'network-alias': listFlag('Add network-scoped alias for the container'),
  publish: listFlag("Publish a container's port(s) to the host", { shorthand: 'p' }),
  'publish-all': switchFlag('Publish all exposed ports to random ports', { shorthand: 'P' }),
}

const storageFlags = {
  'log-driver': stringFlag('Logging driver for the container'),
  'log-opt': listFlag('Log driver options'),
  mount: valuesFlag('Attach a filesystem mount to the container', { kind: 'mount', parse: parseMount }),
  'storage-opt': listFlag('Storage driver options for the container'),
  tmpfs: listFlag('Mount a tmpfs directory'),
  volume: listFlag('Bind mount a volume', { shorthand: 'v' }),
  'volume-driver': stringFlag('Optional volume driver for the container'),
  'volumes-from': listFlag('Mount volumes from the specified container(s)'),
}

const healthFlags = {
  'health-cmd': stringFlag('Command to run to check health'),
  'health-interval': durationFlag('Time between running the check (ms|s|m|h)'),
  'health-retries': integerFlag('Consecutive failures needed to report unhealthy'),
  'health-start-interval': durationFlag('Time between running the check during the start period (ms|s|m|h)', {
    since: '1.44',
  }),
  'health-start-period': durationFlag(
    'Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)',
  ),
  'health-timeout': durationFlag('Maximum time to allow one check to run (ms|s|m|h)'),
  'no-healthcheck': switchFlag('Disable any container-specified HEALTHCHECK'),
}

const weightMax = 65_535

const resourceFlags = {
  'blkio-weight': integerFlag('Block IO (relative weight), between 10 and 1000, or 0 to disable', {
    kind: 'uint16',
    min: 0,
    max: weightMax,
  }),
  'blkio-weight-device': valuesFlag('Block IO weight (relative device weight)', {
    defaultText: '[]',
    parse: parseWeightDevice,
  }),
  'cpu-count': integerFlag('CPU count (Windows only)'),
  'cpu-percent': integerFlag('CPU percent (Windows only)'),
  'cpu-period': integerFlag('Limit CPU CFS (Completely Fair Scheduler) period'),
  'cpu-quota': integerFlag('Limit CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-rt-period': integerFlag('Limit CPU real-time period in microseconds'),
  'cpu-rt-runtime': integerFlag('Limit CPU real-time runtime in microseconds'),
  'cpu-shares': integerFlag('CPU shares (relative weight)', { shorthand: 'c' }),
  cpus: cpusFlag,
  'cpuset-cpus': stringFlag('CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': stringFlag('MEMs in which to allow execution (0-3, 0,1)'),
  'device-read-bps': valuesFlag('Limit read rate (bytes per second) from a device', {
    defaultText: '[]',
    parse: parseRateBytes,
  }),
  'device-read-iops': valuesFlag('Limit read rate (IO per second) from a device', {
    defaultText: '[]',
    parse: parseRateOperations,
  }),
  'device-write-bps': valuesFlag('Limit write rate (bytes per second) to a device', {
    defaultText: '[]',
    parse: parseRateBytes,
  }),
  'device-write-iops': valuesFlag('Limit write rate (IO per second) to a device', {
    defaultText: '[]',
    parse: parseRateOperations,
  }),
  'io-maxbandwidth': bytesFlag('Maximum IO bandwidth limit for the system drive (Windows only)'),
  'io-maxiops': integerFlag('Maximum IOps limit for the system drive (Windows only)', {
    kind: 'uint',
    min: 0,
  }),
  'kernel-memory': bytesFlag('Kernel memory limit'),
  memory: bytesFlag('Memory limit', { shorthand: 'm' }),
  'memory-reservation': bytesFlag('Memory soft limit'),
  'memory-swap': memorySwapFlag,
  'memory-swappiness': integerFlag('Tune container memory swappiness (0 to 100)', { initial: -1 }),
  'oom-kill-disable': switchFlag('Disable OOM Killer'),
  'oom-score-adj': integerFlag("Tune host's OOM preferences (-1000 to 1000)"),
  'pids-limit': integerFlag('Tune container pids limit (set -1 for unlimited)'),
  'shm-size': bytesFlag('Size of /dev/shm'),
  ulimit: valuesFlag('Ulimit options', { kind: 'ulimit', defaultText: '[]', parse: parseUlimit }),
}

/** What `run` and `create` take to describe a container. */
export const containerFlags = {
  ...idFlags,
  ...isolationFlags,
  ...networkFlags,
  ...storageFlags,
  ...healthFlags,
  ...resourceFlags,
}

/** What `run` and `create` take beside the container itself. */
export const creationFlags = {
  'disable-content-trust': switchFlag('Skip image verification (deprecated)', {
    initial: true,
    isHidden: true,
  }),
  name: stringFlag('Assign a name to the container'),
  platform: stringFlag('Set platform if server is multi-platform capable'),
  pull: stringFlag('Pull image before running ("always", "missing", "never")', { initial: 'missing' }),
  quiet: switchFlag('Suppress the pull output', { shorthand: 'q' }),
}

export type ContainerFlagValues = FlagValues<typeof containerFlags>
