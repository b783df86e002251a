import { join } from 'node:path'
import {
  createRegistry,
  type GarbageReport,
  type RepositoryPolicy,
  type RetentionReport,
} from '@berth/registry-server'
import type { Logger } from '@berth/stdx'

export interface GcOptions {
  dataDirectory: string
  dryRun: boolean
  policies: readonly RepositoryPolicy[]
  /** Undefined for the registry's own. */
  graceMs: number | undefined
  logger: Logger
}

/** Lets go what policies let go and collects once, on a store that a hub may be serving meanwhile. */
export async function gc(options: GcOptions): Promise<GarbageReport & RetentionReport> {
  const { dataDirectory, dryRun, graceMs, policies, logger } = options
  const directory = join(dataDirectory, 'registry')
  await using registry = await createRegistry({ directory, policies, logger })
  const retention = await registry.applyRetention({ dryRun })
  const garbage = await registry.collectGarbage({ dryRun, ...(graceMs !== undefined && { graceMs }) })
  return { ...retention, ...garbage }
}

export function formatGarbageReport(report: GarbageReport & RetentionReport, dryRun: boolean): string {
  const verb = dryRun ? 'would free' : 'freed'
  const deleted = [...report.tags, ...report.manifests].map(
    (name) => `${dryRun ? 'would delete' : 'deleted'} ${name}\n`,
  )
  return `${deleted.join('')}${verb} ${report.freedBytes} bytes in ${report.deletedBlobs} blobs, ended ${report.purgedUploads} uploads\n`
}
