import type { CliConfig } from '../config/cli-config.ts'
import { updateConfig } from '../config/update-config.ts'
import { defaultContextName } from './stored-context.ts'

/** The context of every command from now on. */
export async function chooseContext(name: string, { folder }: CliConfig): Promise<void> {
  await updateConfig(folder, (config) => {
    const { currentContext: _, ...others } = config
    return name === defaultContextName ? others : { ...others, currentContext: name }
  })
}
