/** The content of a container's `/etc/hostname`: the name alone, without its domain. */
export function formatHostname(hostname: string): string {
  return `${hostname}\n`
}
