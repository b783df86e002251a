/** What Docker's tools keep of a context in meta.json. What is not known here is kept as it is. */
export interface ContextMetadata {
  Name: string
  Metadata: { Description?: string; [key: string]: unknown }
  Endpoints: { docker?: DockerEndpoint; [name: string]: unknown }
}

export interface DockerEndpoint {
  Host?: string
  SkipTLSVerify?: boolean
}

export interface StoredContext {
  readonly metadata: ContextMetadata
  /** Certificates and keys, by `endpoint/file`: `docker/ca.pem`. */
  readonly tls: ReadonlyMap<string, Uint8Array>
}

/** The context that is not stored: the engine of -H and of the environment. */
export const defaultContextName = 'default'

export function defaultContext(host: string): StoredContext {
  return {
    metadata: {
      Name: defaultContextName,
      Metadata: { Description: 'Current DOCKER_HOST based configuration' },
      Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
    },
    tls: new Map(),
  }
}
