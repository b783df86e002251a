import { apiVersion } from '@berth/api'
import { programVersion } from './program-version.ts'

/** What `version` and `info` tell of this client. */
export function clientVersion(contextName: string) {
  return {
    Version: programVersion,
    DefaultAPIVersion: apiVersion,
    NodeVersion: process.versions.node,
    Os: process.platform,
    Arch: process.arch === 'x64' ? 'amd64' : process.arch,
    Context: contextName,
  }
}
