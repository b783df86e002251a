import { readFile } from 'node:fs/promises'
import type { RepositoryPolicy } from '@berth/registry-server'
import { CodedError, messageOf } from '@berth/stdx'
import * as v from 'valibot'
import { parseSize } from './mirror-settings.ts'

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
  try {
    const policies = v.parse(policyFile, JSON.parse(await readFile(path, 'utf8')))
    return policies.map(({ quota, ...policy }) => ({ ...policy, quotaBytes: quota }))
  } catch (error) {
    throw new CodedError('invalid-argument', `Cannot read policies in ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
