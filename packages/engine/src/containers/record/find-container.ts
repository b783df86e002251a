import { CodedError } from '@berth/stdx'
import type { ContainerRecord } from './container-record.ts'
import type { ContainerStore } from './container-store.ts'

/** A container by full id, then by name (with or without the leading slash), then by unique id prefix. */
export function getContainer(containers: ContainerStore, nameOrId: string): ContainerRecord {
  const name = nameOrId.startsWith('/') ? nameOrId.slice(1) : nameOrId
  const known = containers.find(nameOrId) ?? containers.findByName(name)
  if (known) return known
  const matches = /^[a-f0-9]+$/.test(nameOrId)
    ? containers.list().filter((record) => record.id.startsWith(nameOrId))
    : []
  if (matches.length > 1) {
    throw new CodedError('invalid-argument', `multiple IDs found with provided prefix: ${nameOrId}`)
  }
  if (matches[0]) return matches[0]
  throw new CodedError('not-found', `No such container: ${nameOrId}`)
}
