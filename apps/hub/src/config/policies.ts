import type { RepositoryPolicy } from '@berth/registry-server'
import { messageOf } from '@berth/stdx'
import * as v from 'valibot'
import { readGivenFile, refusedFile } from './given-file.ts'
import { parseSize } from './mirror-settings.ts'
import { RefusedSetting } from './refused-setting.ts'

/** A quota is bytes, or text like `50G`. */
const size = v.union([
  v.pipe(v.number(), v.integer(), v.minValue(0)),
  v.pipe(
    v.string(),
    v.transform((text) => parseSize('quota', text) ?? 0),
  ),
])

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const policyFile = v.array(
  v.strictObject({
    repositories: v.string(),
    quota: v.optional(size),
    immutableTags: v.optional(v.array(v.string())),
    retention: v.optional(
      v.strictObject({
        keepTags: v.optional(v.array(v.string())),
        keepNewest: v.optional(count),
        keepDays: v.optional(count),
        keepUntaggedDays: v.optional(count),
      }),
    ),
  }),
)

/** Reads a file of `[{"repositories": "team/*", "quota": "50G", "immutableTags": ["v*"]}]`; throws `invalid-argument`. */
export async function readPolicies(path: string): Promise<RepositoryPolicy[]> {
  const file = { flag: '--policies', path }
  const bytes = await readGivenFile(file)
  try {
    const policies = v.parse(policyFile, JSON.parse(String(bytes)))
    return policies.map(({ quota, ...policy }) => ({ ...policy, quotaBytes: quota }))
  } catch (error) {
    throw refusedFile(file, stateOf(error), error)
  }
}

function stateOf(error: unknown): string {
  if (error instanceof RefusedSetting) return error.state
  if (!(error instanceof v.ValiError)) return messageOf(error)
  const [issue] = error.issues
  const place = v.getDotPath(issue)
  return place === null ? issue.message : `${place}: ${issue.message}`
}
