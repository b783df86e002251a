import { RegistryError } from '../registry-error.ts'

/** What a repository may hold, and how much of it is taken. */
export interface Quota {
  quotaBytes: number
  usedBytes: number
}

/** Throws QUOTA_EXCEEDED when so much more does not fit. */
export function expectRoom({ quotaBytes, usedBytes }: Quota, sizeBytes: number): void {
  if (usedBytes + sizeBytes <= quotaBytes) return
  const used = usedBytes === 0 ? '' : `, of which ${usedBytes} are used`
  throw new RegistryError('QUOTA_EXCEEDED', {
    message: `quota of the repository exceeded: it is ${quotaBytes} bytes${used}`,
    detail: { quotaBytes, usedBytes },
  })
}
