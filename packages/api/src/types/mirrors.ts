/** A mirror that failed lately and is asked last for now. */
export interface DownMirror {
  /** Without a slash at the end. */
  Mirror: string
  Seconds: number
}

/** GET /berth/mirrors. The endpoint is this engine's own. */
export interface MirrorReport {
  /** The engine's daemon.json, whether it is there or not. */
  ConfigFile: string
  /** Of Docker Hub, as they are used now. */
  Mirrors: string[]
  Down: DownMirror[]
}

/** POST /berth/reload. The endpoint is this engine's own. */
export interface ReloadReport {
  ConfigFile: string
  /** What else was changed in the file and waits for the next start. */
  Postponed: string[]
}
