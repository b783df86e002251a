import type { Digest } from '@berth/oci'

/** What clients have done with a repository, told once it is durable. Blobs are not told of: a manifest names them. */
export type RegistryActivity = PushActivity | PullActivity | DeleteActivity

interface RepositoryActivity {
  repository: string
  /** Who did it, as far as the access policy knows. */
  account: string | undefined
  /** Where it was asked for from. */
  address: string
}

interface ManifestActivity extends RepositoryActivity {
  digest: Digest
}

export interface PushActivity extends ManifestActivity {
  kind: 'push'
  mediaType: string
  tags: readonly string[]
}

/** A manifest was read; asking with HEAD whether it is there is no pull. */
export interface PullActivity extends ManifestActivity {
  kind: 'pull'
  /** The tag it was asked for by, if it was. */
  tag: string | undefined
}

export interface DeleteActivity extends RepositoryActivity {
  kind: 'delete'
  /** A tag alone, or a manifest with all its tags. */
  target: { tag: string } | { digest: Digest }
}
