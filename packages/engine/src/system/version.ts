import { apiVersion, apiVersionMin, type Version } from '@berth/api'
import type { ContainerContext } from '../containers/container-context.ts'
import { readHostFacts } from './host-facts.ts'

/** Go's names of the architectures that Node runs on. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

export async function engineVersion(context: ContainerContext, version: string): Promise<Version> {
  const host = await readHostFacts()
  const own = {
    Version: version,
    ApiVersion: apiVersion,
    MinAPIVersion: apiVersionMin,
    GitCommit: '',
    GoVersion: `node ${process.versions.node}`,
    Os: 'linux',
    Arch: architectures[process.arch] ?? process.arch,
    KernelVersion: host.kernelVersion,
    BuildTime: '',
  }
  const runtime = context.runtimes.resolve(undefined)
  return {
    Platform: { Name: 'Berth' },
    Components: [
      { Name: 'Engine', Version: version, Details: { ...own, Experimental: 'false' } },
      { Name: runtime.name, Version: runtime.version, Details: { GitCommit: '' } },
    ],
    ...own,
  }
}
