/** The name under which Docker's tools keep the credentials of Docker Hub. */
export const hubKey = 'https://index.docker.io/v1/'

const hubRegistry = 'docker.io'

/** Under which name the credentials of a registry, as people or references write it, are kept: `host:5000`. */
export function registryKey(registry: string): string {
  return registry === '' || registry === hubRegistry || registry === hubKey ? hubKey : hostOf(registry)
}

/** `host:5000` of `https://host:5000/v2/`. */
export function hostOf(address: string): string {
  return address.replace(/^[a-z]+:\/\//i, '').split('/', 1)[0] ?? address
}
