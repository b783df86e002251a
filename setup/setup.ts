import { formatHostChecks } from '@berth/host'
import { prepareMachine } from './prepare-machine.ts'
import { runScript } from './run-script.ts'
import { runCapabilities } from './system-packages.ts'

await runScript(async () => {
  console.log(formatHostChecks(await prepareMachine(runCapabilities)))
})
