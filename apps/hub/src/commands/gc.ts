import {
  createRegistry,
  type GarbageReport,
  type RepositoryPolicy,
  type RetentionReport,
  type StorageFailpoint,
} from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import type { StoreSettings } from '../config/store-settings.ts'
import { openStores } from '../stores.ts'

export interface GcOptions {
  dataDirectory: string
  stores: StoreSettings
  dryRun: boolean
  policies: readonly RepositoryPolicy[]
  /** Undefined for the registry's own. */
  graceMs: number | undefined
  failpoint: StorageFailpoint | undefined
  logger: Logger
}

/** Lets go what policies let go and collects once, on a store that a hub may be serving meanwhile. */
export async function gc(options: GcOptions): Promise<GarbageReport & RetentionReport> {
  const { dryRun, graceMs, policies, failpoint, logger } = options
  await using stack = new AsyncDisposableStack()
  const registry = stack.use(
    await createRegistry({ ...(await openStores(options, stack)), policies, failpoint, logger }),
  )
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
