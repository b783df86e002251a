/** GET /volumes/{name}. */
export interface Volume {
  Name: string
  Driver: string
  Mountpoint: string
  CreatedAt?: string
  Status?: Record<string, unknown>
  Labels: Record<string, string> | null
  Scope: 'local' | 'global'
  Options: Record<string, string> | null
  /** Only in /system/df; -1 when it was not computed. */
  UsageData?: { Size: number; RefCount: number } | null
}

/** GET /volumes. */
export interface VolumeList {
  Volumes: Volume[] | null
  Warnings: string[] | null
}

/** POST /volumes/create. An empty name gets a generated one of 64 hex digits. */
export interface VolumeCreateRequest {
  Name?: string
  Driver?: string
  DriverOpts?: Record<string, string> | null
  Labels?: Record<string, string> | null
}

/** POST /volumes/prune. */
export interface VolumePruneResponse {
  VolumesDeleted: string[] | null
  SpaceReclaimed: number
}
