import { CodedError, messageOf } from '@berth/stdx'
import { textsIn } from '../json-text/texts-in.ts'
import { readConfigurationFile } from '../mirrors/configuration-file.ts'

/** Where this machine's engine looks unless it is told otherwise. */
export const usualConfigFile = '/etc/berth/daemon.json'

/** What the machine's engine is told of registries, so that both agree; nothing when there is no daemon.json. */
export async function machineRegistries(): Promise<{ mirrors: string[]; insecureRegistries: string[] }> {
  const { path, text = '' } = await readConfigurationFile(usualConfigFile)
  try {
    return {
      mirrors: textsIn(text, 'registry-mirrors'),
      insecureRegistries: textsIn(text, 'insecure-registries'),
    }
  } catch (error) {
    throw new CodedError('failed-precondition', `Cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
      hint: 'Mend it: the engine would not start with it, either.',
    })
  }
}
