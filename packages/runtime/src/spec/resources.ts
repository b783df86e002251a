import type { LinuxResources } from '@berth/oci'
import type { ResourceOptions } from './spec-options.ts'
import type { SpecPlatform } from './spec-platform.ts'

const nanoCpuPeriod = 100_000
const nanosPerCpu = 1_000_000_000

type Limits = Omit<LinuxResources, 'devices'>

/** Limits that were asked for; zero is none, as in Docker. */
export function buildResources(
  options: ResourceOptions,
  platform: Pick<SpecPlatform, 'hasSwapLimit'>,
): Limits {
  const { pidsLimit, blkioWeight } = options
  const memory = memoryOf(options, platform)
  const cpu = cpuOf(options)
  return {
    ...(isEmpty(memory) ? {} : { memory }),
    ...(isEmpty(cpu) ? {} : { cpu }),
    ...(pidsLimit === undefined ? {} : { pids: { limit: pidsLimit > 0 ? pidsLimit : -1 } }),
    ...(blkioWeight ? { blockIO: { weight: blkioWeight } } : {}),
  }
}

function memoryOf(options: ResourceOptions, { hasSwapLimit }: Pick<SpecPlatform, 'hasSwapLimit'>) {
  const { memoryBytes, memoryReservationBytes, memorySwapBytes, memorySwappiness, isOomKillDisabled } =
    options
  const swap = memorySwapBytes || 2 * (memoryBytes ?? 0)
  return {
    ...(memoryBytes ? { limit: memoryBytes } : {}),
    ...(memoryReservationBytes ? { reservation: memoryReservationBytes } : {}),
    ...(swap && hasSwapLimit ? { swap } : {}),
    ...(memorySwappiness === undefined || memorySwappiness < 0 ? {} : { swappiness: memorySwappiness }),
    ...(isOomKillDisabled ? { disableOOMKiller: true } : {}),
  }
}

function cpuOf(options: ResourceOptions) {
  const { cpuShares, cpusetCpus, cpusetMems, nanoCpus } = options
  const { cpuQuota, cpuPeriod } = nanoCpus
    ? { cpuQuota: Math.trunc((nanoCpus * nanoCpuPeriod) / nanosPerCpu), cpuPeriod: nanoCpuPeriod }
    : options
  return {
    ...(cpuShares ? { shares: cpuShares } : {}),
    ...(cpuQuota ? { quota: cpuQuota } : {}),
    ...(cpuPeriod ? { period: cpuPeriod } : {}),
    ...(cpusetCpus ? { cpus: cpusetCpus } : {}),
    ...(cpusetMems ? { mems: cpusetMems } : {}),
  }
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0
