import { CodedError } from '@berth/stdx'
import { quote } from '../names.ts'
import type { RepositoryPermission } from '../repositories.ts'
import { levelOf, type Level } from '../rights.ts'

/** 0 for none; throws `invalid-argument` for text that is no permission. */
export function parsePermission(permission: RepositoryPermission | undefined): Level {
  const level = permission === undefined ? 0 : levelOf(permission)
  if (permission === undefined || level > 0) return level
  throw new CodedError(
    'invalid-argument',
    `Cannot give the permission ${quote(permission)}: there is none such`,
  )
}
