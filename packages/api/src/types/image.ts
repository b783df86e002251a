import type { Healthcheck, Platform } from '@berth/oci'

/** GET /images/json. */
export interface ImageSummary {
  Id: string
  ParentId: string
  RepoTags: string[] | null
  RepoDigests: string[] | null
  /** Seconds since the epoch. */
  Created: number
  Size: number
  /** -1 when it was not computed. */
  SharedSize: number
  /** Below 1.44: equal to Size. */
  VirtualSize?: number
  Labels: Record<string, string> | null
  /** -1 when it was not computed. */
  Containers: number
  Descriptor?: ImageDescriptor
  Manifests?: ImageManifestSummary[]
}

/** An OCI descriptor as the Engine API shows it. */
export interface ImageDescriptor {
  mediaType: string
  digest: string
  size: number
  urls?: string[]
  annotations?: Record<string, string>
  platform?: Platform
  artifactType?: string
}

export interface ImageManifestSummary {
  ID: string
  Descriptor: ImageDescriptor
  Available: boolean
  Size: { Total: number; Content: number }
  Kind: 'image' | 'attestation' | 'unknown'
  ImageData?: { Platform: Platform; Containers: string[]; Size: { Unpacked: number } }
  AttestationData?: { For: string }
}

/** GET /images/{name}/json. */
export interface ImageInspect {
  Id: string
  RepoTags: string[]
  RepoDigests: string[]
  Parent?: string
  Comment?: string
  Created?: string
  /** Below 1.45. */
  Container?: string
  DockerVersion?: string
  Author?: string
  Config: ImageInspectConfig | null
  Architecture: string
  Variant?: string
  Os: string
  OsVersion?: string
  Size: number
  /** Below 1.44: equal to Size. */
  VirtualSize?: number
  GraphDriver?: GraphDriver
  RootFS: { Type: string; Layers?: string[] }
  Metadata: { LastTagTime: string }
  Descriptor?: ImageDescriptor
  Manifests?: ImageManifestSummary[]
}

/** The run defaults of an image; the fields of a container's config that an image can hold. */
export interface ImageInspectConfig {
  Hostname?: string
  Domainname?: string
  User?: string
  AttachStdin?: boolean
  AttachStdout?: boolean
  AttachStderr?: boolean
  ExposedPorts?: Record<string, Record<string, never>>
  Tty?: boolean
  OpenStdin?: boolean
  StdinOnce?: boolean
  Env?: string[] | null
  Cmd?: string[] | null
  Healthcheck?: Healthcheck
  ArgsEscaped?: boolean
  Image?: string
  Volumes?: Record<string, Record<string, never>> | null
  WorkingDir?: string
  Entrypoint?: string[] | null
  NetworkDisabled?: boolean
  OnBuild?: string[] | null
  Labels?: Record<string, string> | null
  StopSignal?: string
  StopTimeout?: number
  Shell?: string[] | null
}

export interface GraphDriver {
  Name: string
  Data: Record<string, string> | null
}

/** GET /images/{name}/history, newest first. */
export interface ImageHistoryItem {
  /** `<missing>` where no image stands for the layer. */
  Id: string
  /** Seconds since the epoch. */
  Created: number
  CreatedBy: string
  Tags: string[] | null
  Size: number
  Comment: string
}

/** DELETE /images/{name}: exactly one of the two is set. */
export interface ImageDeleteItem {
  Untagged?: string
  Deleted?: string
}

/** GET /images/search. */
export interface ImageSearchItem {
  name: string
  description: string
  star_count: number
  is_official: boolean
  is_automated: boolean
}

/** POST /images/prune. */
export interface ImagePruneResponse {
  ImagesDeleted: ImageDeleteItem[] | null
  SpaceReclaimed: number
}

/** GET /distribution/{name}/json. */
export interface DistributionInspect {
  Descriptor: ImageDescriptor
  Platforms: Platform[]
}
