import type { MirrorReport } from '@berth/api'
import { listMirrors, reloadEngine, type EngineClient } from '@berth/client'
import { isCoded } from '@berth/stdx'
import { realpathSync } from 'node:fs'

/** What an engine has to do with a configuration file. */
export type EngineState =
  | { kind: 'reads-it'; report: MirrorReport }
  | { kind: 'reads-another'; report: MirrorReport }
  | { kind: 'not-ours' }
  | { kind: 'absent' }

/** Asks the engine that is there, if any, which file it reads. */
export async function engineStateOf(client: EngineClient, configFile: string): Promise<EngineState> {
  try {
    const report = await listMirrors(client)
    return { kind: isSameFile(report.ConfigFile, configFile) ? 'reads-it' : 'reads-another', report }
  } catch (error) {
    // Who may not ask it can still change and list what is written down.
    if (isCoded(error, 'unavailable', 'forbidden')) return { kind: 'absent' }
    if (isCoded(error, 'not-found')) return { kind: 'not-ours' }
    throw error
  }
}

function isSameFile(a: string, b: string): boolean {
  return a === b || resolved(a) === resolved(b)
}

function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It is not there: then its name is all there is.
    return path
  }
}

/** Makes the engine read a changed file, and says in words what came of it; throws when the engine refuses the file. */
export async function tellEngine(client: EngineClient, file: string, state: EngineState): Promise<string> {
  switch (state.kind) {
    case 'reads-it': {
      const { Postponed } = await reloadEngine(client)
      const waiting =
        Postponed.length === 0 ? '' : ` Other changes wait for its next start: ${Postponed.join(', ')}.`
      return `The engine uses it from now on.${waiting}`
    }
    case 'reads-another':
      return `The engine at ${client.host} reads ${state.report.ConfigFile}, not ${file}: it was not told.`
    case 'not-ours':
      return `The engine at ${client.host} is another one than berthd: it was not told. Docker's reads /etc/docker/daemon.json and SIGHUP.`
    case 'absent':
      return `No engine can be asked at ${client.host}: the change counts from its next start.`
    default:
      return state satisfies never
  }
}
