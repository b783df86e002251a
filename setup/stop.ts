import { runScript } from './run-script.ts'
import { paths } from './quickstart-services.ts'
import { stopService } from './service.ts'

await runScript(async () => {
  for (const [name, program] of [
    ['engine', 'berthd'],
    ['hub', 'berth-hub'],
  ] as const) {
    const wasRunning = await stopService({ name, stateDirectory: paths.state })
    console.log(
      wasRunning ? `Stopped ${program}` : `${program} was not running (or quickstart did not start it)`,
    )
  }
})
