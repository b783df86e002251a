import {
  createRegistry,
  type GarbageReport,
  type RepositoryPolicy,
  type RetentionReport,
  type StorageFailpoint,
} from '@berth/registry-server'
import { CodedError, type Logger } from '@berth/stdx'
import type { StoreSettings } from '../config/store-settings.ts'
import { hasStores, openStores } from '../stores.ts'

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
  if (!hasStores(options)) throw nothingIn(options.dataDirectory)
  await using stack = new AsyncDisposableStack()
  const registry = stack.use(
    await createRegistry({ ...(await openStores(options, stack)), policies, failpoint, logger }),
  )
  const retention = await registry.applyRetention({ dryRun })
  const garbage = await registry.collectGarbage({ dryRun, ...(graceMs !== undefined && { graceMs }) })
  return { ...retention, ...garbage }
}

function nothingIn(dataDirectory: string): CodedError {
  return new CodedError(
    'not-found',
    `Cannot collect garbage in ${dataDirectory}: no registry is kept there`,
    {
      hint: 'Name the directory of the registry with --data, or its --database and --storage.',
    },
  )
}

export function formatGarbageReport(report: GarbageReport & RetentionReport, dryRun: boolean): string {
  const verb = dryRun ? 'would free' : 'freed'
  const deleted = [...report.tags, ...report.manifests].map(
    (name) => `${dryRun ? 'would delete' : 'deleted'} ${name}\n`,
  )
  return `${deleted.join('')}${verb} ${report.freedBytes} bytes in ${report.deletedBlobs} blobs, ended ${report.purgedUploads} uploads\n`
}
