import type { RegistryGate, RegistryNote } from '@berth/catalog'
import type { RegistryActivity } from '@berth/registry-server'

/** Tells the catalog what clients have done with the registry. */
export function activityNoter(gate: RegistryGate): (activity: RegistryActivity) => void {
  return (activity) => gate.noteActivity(noteOf(activity))
}

function noteOf(activity: RegistryActivity): RegistryNote {
  const { kind, repository, account, address } = activity
  const common = { kind, repository, account, address }
  switch (activity.kind) {
    case 'push':
      return { ...common, digest: activity.digest, tags: activity.tags }
    case 'pull':
      return { ...common, digest: activity.digest, tags: activity.tag === undefined ? [] : [activity.tag] }
    case 'delete':
      return 'tag' in activity.target
        ? { ...common, tags: [activity.target.tag] }
        : { ...common, digest: activity.target.digest, tags: [] }
    default:
      return activity satisfies never
  }
}
