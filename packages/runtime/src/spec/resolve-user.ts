import { CodedError } from '@berth/stdx'
import { parseGroup, parsePasswd, readContainerFile } from './account-files.ts'
import type { GroupEntry, PasswdEntry } from './account-files.ts'

export interface ResolvedUser {
  uid: number
  gid: number
  /** The primary group first, then those the user is a member of, then those that were asked for. */
  additionalGids: number[]
  /** Of /etc/passwd, for HOME; `/` when it does not say. */
  home: string
}

const maxId = 0x7fffffff

/**
 * Finds the ids of `user` (`user`, `user:group`, names or numbers, empty for root) and of more `groups` in the files of
 * the container whose root is mounted at `rootfs`. Throws `invalid-argument` with Docker's words.
 */
export function resolveUser(rootfs: string, user: string, groups: readonly string[] = []): ResolvedUser {
  const passwd = parsePasswd(readContainerFile(rootfs, 'etc/passwd'))
  const group = parseGroup(readContainerFile(rootfs, 'etc/group'))
  return findUser({ passwd, group }, user, groups)
}

interface Accounts {
  passwd: readonly PasswdEntry[]
  group: readonly GroupEntry[]
}

/** As `resolveUser`, of files that were read. */
export function findUser(
  { passwd, group }: Accounts,
  user: string,
  groups: readonly string[] = [],
): ResolvedUser {
  const [userName = '', groupName = ''] = user.split(':', 2)
  const entry = passwd.find(matching(userName === '' ? '0' : userName, 'uid'))
  const uid = inRange(entry?.uid ?? parseId(userName, 'user'))
  const memberships = entry === undefined ? [] : group.filter(({ members }) => members.includes(entry.name))
  const gid = groupName === '' ? inRange(entry?.gid ?? 0) : findGroup(group, groupName)
  // Who names a group gets that one alone.
  const memberOf = groupName === '' ? memberships.map((membership) => membership.gid) : []
  const asked = groups.map((name) => findGroup(group, name))
  return { uid, gid, additionalGids: [...new Set([gid, ...memberOf, ...asked])], home: entry?.home || '/' }
}

/** A number is an id, also where an account has it as its name. */
function matching<K extends string>(
  text: string,
  idKey: K,
): (entry: { name: string } & Record<K, number>) => boolean {
  return isNumber(text) ? (entry) => entry[idKey] === Number(text) : (entry) => entry.name === text
}

function findGroup(groups: readonly GroupEntry[], text: string): number {
  return inRange(groups.find(matching(text, 'gid'))?.gid ?? parseId(text, 'group'))
}

const isNumber = (text: string): boolean => /^[+-]?\d+$/.test(text)

function parseId(text: string, kind: 'user' | 'group'): number {
  if (text === '') return 0
  if (isNumber(text)) return Number(text)
  const file = kind === 'user' ? 'passwd' : 'group'
  throw new CodedError(
    'invalid-argument',
    `unable to find ${kind} ${text}: no matching entries in ${file} file`,
  )
}

/** A larger number would become another one, even root, where ids are narrower. */
function inRange(id: number): number {
  if (id >= 0 && id <= maxId) return id
  throw new CodedError('invalid-argument', `uids and gids must be in range 0-${maxId}`)
}
