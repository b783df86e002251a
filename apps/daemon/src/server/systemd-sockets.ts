/** Sockets that systemd opened for this process begin here: sd_listen_fds(3). */
const firstFd = 3

/** The descriptors of sockets that were passed on, by the environment of the process. */
export function inheritedSockets(env: Readonly<Record<string, string | undefined>>, pid: number): number[] {
  if (env['LISTEN_PID'] !== String(pid)) return []
  const count = Number(env['LISTEN_FDS'] ?? 0)
  return Number.isSafeInteger(count) && count > 0
    ? Array.from({ length: count }, (_, index) => firstFd + index)
    : []
}
