import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { CodedError } from '@berth/stdx'
import { prepareMachine } from './prepare-machine.ts'
import { findRecorded } from './process-record.ts'
import {
  engineService,
  findFreePort,
  hubService,
  isEngineReady,
  paths,
  program,
} from './quickstart-services.ts'
import { runProgram } from './run-program.ts'
import { runScript } from './run-script.ts'
import { logPath, recordPath, startService } from './service.ts'
import { runCapabilities } from './system-packages.ts'

const usualHubPort = 5000

await runScript(async () => {
  await prepareMachine(runCapabilities)
  if (userInfo().uid !== 0) {
    throw new CodedError('forbidden', 'Cannot start the engine: only root may', {
      hint: 'Run: sudo npm run quickstart',
    })
  }
  const port = await startHub()
  await startEngine(port)
  const exitCode = await runHelloWorld()
  if (exitCode === 0) console.log(summary(port))
  return exitCode
})

/** Starts the registry with hello-world in it, or finds the one that an earlier quickstart left running. */
async function startHub(): Promise<number> {
  const running = await findRecorded(recordPath(hubService(usualHubPort)))
  if (running) return Number(running.note)
  const port = await findFreePort(usualHubPort)
  const service = hubService(port)
  await mkdir(paths.hubData, { recursive: true, mode: 0o700 })
  const seeding = await runProgram([program('berth-hub'), 'seed', '--data', paths.hubData])
  if (seeding.exitCode !== 0)
    throw new CodedError('unavailable', `berth-hub seed failed:\n${seeding.output.trimEnd()}`)
  console.log(`Starting berth-hub on 127.0.0.1:${port}`)
  await startService(service)
  return port
}

async function startEngine(hubPort: number): Promise<void> {
  if (await isEngineReady()) return
  console.log(`Starting berthd on ${paths.socket}`)
  await startService(engineService(`http://127.0.0.1:${hubPort}`))
}

async function runHelloWorld(): Promise<number> {
  console.log('\n$ berth run hello-world')
  const child = spawn(program('berth'), ['-H', `unix://${paths.socket}`, 'run', 'hello-world'], {
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

function summary(port: number): string {
  const rows = [
    ['berth-hub', `http://127.0.0.1:${port}`, logPath({ name: 'hub', stateDirectory: paths.state })],
    ['berthd', `unix://${paths.socket}`, logPath({ name: 'engine', stateDirectory: paths.state })],
  ] as const
  const running = rows.map(([name, address, log]) => `  ${name.padEnd(10)} ${address.padEnd(32)} log ${log}`)
  const next = [
    ['bin/berth ps -a', 'what ran'],
    ['bin/berth images', 'what was pulled'],
    [`docker -H unix://${paths.socket} run hello-world`, 'the same with the stock client'],
  ] as const
  const commands = next.map(([command, purpose]) => `  ${command.padEnd(58)} ${purpose}`)
  const end = `"npm run stop" ends both; images and containers stay in ${paths.dataRoot}.`
  return ['\nWhat runs now', ...running, '\nTry next', ...commands, `\n${end}`].join('\n')
}
