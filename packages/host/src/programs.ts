import type { CgroupLayout } from './cgroups.ts'
import { findProgram, type FindProgramOptions } from './find-program.ts'
import type { HostCheck } from './host-check.ts'

export interface RuntimeOptions extends FindProgramOptions {
  /** Names or absolute paths of OCI runtimes, the preferred first. */
  runtimes: readonly string[]
  cgroups: CgroupLayout | undefined
  /** The first line of what `<path> --version` says. */
  versionOf?: ((path: string) => Promise<string | undefined>) | undefined
}

export async function checkRuntime(options: RuntimeOptions): Promise<HostCheck> {
  const found = await Promise.all(options.runtimes.map((name) => findProgram(name, options)))
  const paths = found.filter((path) => path !== undefined)
  const usable = paths.filter((path) => !refusesCgroups(path, options.cgroups))
  const hint = "Install runc (or crun) with the system's package manager"
  if (usable[0]) return { name: 'runtime', status: 'ok', detail: await describe(usable[0], options) }
  if (!paths[0])
    return {
      name: 'runtime',
      status: 'missing',
      detail: `none of ${options.runtimes.join(', ')} is on the PATH`,
      hint,
    }
  return {
    name: 'runtime',
    status: 'missing',
    detail: `${paths[0]} refuses hybrid control groups`,
    hint: 'Install runc, which accepts them',
  }
}

/** crun gives up where version 2 holds controllers beside version 1. */
function refusesCgroups(path: string, cgroups: CgroupLayout | undefined): boolean {
  return path.endsWith('/crun') && cgroups?.mode === 'hybrid' && cgroups.unifiedControllers.length > 0
}

async function describe(path: string, { versionOf }: RuntimeOptions): Promise<string> {
  const version = await versionOf?.(path)
  return version ? `${path} (${version})` : path
}

/** nftables filters and translates for the networks of containers; links and addresses need no program. */
export async function checkNetworkTools(options: FindProgramOptions): Promise<HostCheck> {
  const name = 'network tools'
  const path = await findProgram('nft', options)
  if (path) return { name, status: 'ok', detail: path }
  const hint = "Install nftables with the system's package manager"
  return { name, status: 'missing', detail: 'nft is not on the PATH', hint }
}
