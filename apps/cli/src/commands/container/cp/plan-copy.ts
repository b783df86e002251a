import { CodedError } from '@berth/stdx'
import { hasTrailingSlash, isCurrentDirectory, splitEntry } from './path-text.ts'

export interface CopySource {
  path: string
  isDirectory: boolean
  /** What it was asked for by, when that is another name than its path has. */
  name: string | undefined
}

export interface CopyTarget {
  path: string
  /** What is there already. */
  type: 'directory' | 'other' | 'absent'
}

export interface CopyPlan {
  /** Where the archive is unpacked. */
  directory: string
  /** What its members begin with there. */
  name: string
}

/** How cp(1)'s rules are followed with nothing but archives: what to unpack where, under which name. */
export function planCopy(source: CopySource, target: CopyTarget): CopyPlan {
  const { directory, name } = splitEntry(target.path)
  if (target.type === 'directory')
    return { directory: target.path, name: source.name ?? splitEntry(source.path).name }
  if (target.type === 'other' && source.isDirectory)
    throw new CodedError('invalid-argument', 'cannot copy directory')
  const assertsDirectory = hasTrailingSlash(target.path) || isCurrentDirectory(target.path)
  if (target.type === 'absent' && !source.isDirectory && assertsDirectory)
    throw new CodedError('invalid-argument', 'no such directory')
  return { directory, name }
}
