/** The root of a container with what is mounted there, open until it is disposed. */
export interface ContainerRoot extends AsyncDisposable {
  /** Descriptor of its directory, O_PATH. Nothing is to be opened from it without RESOLVE_IN_ROOT. */
  readonly fd: number
  /** It has processes, and all of its mounts; else only those that lead to the host. */
  readonly isRunning: boolean
}
