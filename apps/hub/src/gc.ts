import { join } from 'node:path'
import { createRegistry, type GarbageReport } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'

export interface GcOptions {
  dataDirectory: string
  dryRun: boolean
  /** Undefined for the registry's own. */
  graceMs: number | undefined
  logger: Logger
}

/** Collects once, on a store that a hub may be serving meanwhile. */
export async function gc({ dataDirectory, dryRun, graceMs, logger }: GcOptions): Promise<GarbageReport> {
  await using registry = await createRegistry({ directory: join(dataDirectory, 'registry'), logger })
  return await registry.collectGarbage({ dryRun, ...(graceMs !== undefined && { graceMs }) })
}

export function formatGarbageReport(report: GarbageReport, dryRun: boolean): string {
  const verb = dryRun ? 'would free' : 'freed'
  return `${verb} ${report.freedBytes} bytes in ${report.deletedBlobs} blobs, ended ${report.purgedUploads} uploads\n`
}
