/** What is wrong with one blob or layer. `lost` and `mended` only where mending was asked for. */
export interface CheckProblem {
  Type: 'blob' | 'layer'
  /** Of a layer, its diffId. */
  Digest: string
  Problem: 'broken' | 'missing'
  Outcome: 'found' | 'mended' | 'lost'
  /** Why, in words. */
  Message: string
  /** Ids of the images that need it; none for what nothing needs. */
  Images: string[]
}

/** Ends every check that ran to its end. */
export interface CheckSummary {
  Type: 'summary'
  Blobs: number
  Layers: number
  /** Read and verified. */
  Bytes: number
  Problems: number
  Mended: number
  Lost: number
}

/** POST /berth/check, one a line. The endpoint is this engine's own. */
export type CheckMessage = CheckProblem | CheckSummary
