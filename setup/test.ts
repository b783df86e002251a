import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { prepareMachine } from './prepare-machine.ts'
import { runScript } from './run-script.ts'
import { longTestCapabilities, runCapabilities, testCapabilities } from './system-packages.ts'

interface Tier {
  files: string[]
  /** Tests that share the machine (networks, control groups) run one file at a time. */
  isSerial: boolean
}

const tiers: Record<string, Tier> = {
  unit: {
    files: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'setup/*.test.ts',
      'bench/*.test.ts',
      'test/*.test.ts',
      'test/fixtures/*.test.ts',
    ],
    isSerial: false,
  },
  integration: { files: ['test/{integration,conformance,security}/**/*.test.ts'], isSerial: true },
  long: { files: ['test/{faults,long}/**/*.test.ts'], isSerial: true },
}

await runScript(async () => {
  const names = process.argv.slice(2)
  const wanted = names.length > 0 ? names : ['unit', 'integration']
  const forLong = wanted.includes('long') ? longTestCapabilities : []
  await prepareMachine([...runCapabilities, ...testCapabilities, ...forLong])
  let exitCode = 0
  for (const name of wanted) exitCode = Math.max(exitCode, await runTier(name))
  return exitCode
})

async function runTier(name: string): Promise<number> {
  const tier = tiers[name]
  if (!tier) throw new Error(`Unknown tier "${name}": ${Object.keys(tiers).join(', ')}`)
  const files = tier.files.flatMap((pattern) => globSync(pattern))
  console.log(`── ${name} tests: ${files.length} files`)
  if (files.length === 0) return 0
  const options = tier.isSerial ? ['--test-concurrency=1'] : []
  const child = spawn(process.execPath, ['--test', ...options, ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
