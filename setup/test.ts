import { availableParallelism } from 'node:os'
import { CodedError } from '@berth/stdx'
import { prepareMachine } from './prepare-machine.ts'
import { runScript } from './run-script.ts'
import { formatTierResults, runTestTier, type TestTier, type TierResult } from './run-test-tier.ts'
import { longTestCapabilities, runCapabilities, testCapabilities } from './system-packages.ts'

const minuteMs = 60_000

const tiers: Record<string, TestTier> = {
  unit: {
    files: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'setup/*.test.ts',
      'bench/*.test.ts',
      'test/*.test.ts',
      'test/fixtures/*.test.ts',
    ],
    concurrency: availableParallelism(),
    fileTimeoutMs: 5 * minuteMs,
  },
  integration: {
    files: ['test/{integration,conformance,security}/**/*.test.ts'],
    concurrency: 1,
    fileTimeoutMs: 5 * minuteMs,
  },
  long: { files: ['test/{faults,long}/**/*.test.ts'], concurrency: 1, fileTimeoutMs: 60 * minuteMs },
}

await runScript(async () => {
  const names = process.argv.slice(2)
  const wanted = (names.length > 0 ? names : ['unit', 'integration']).map(
    (name) => [name, getTier(name)] as const,
  )
  const forLong = names.includes('long') ? longTestCapabilities : []
  await prepareMachine([...runCapabilities, ...testCapabilities, ...forLong])
  const results: TierResult[] = []
  for (const [name, tier] of wanted)
    results.push(await runTestTier(name, tier, (text) => process.stdout.write(text)))
  console.log(formatTierResults(results))
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0
})

function getTier(name: string): TestTier {
  const tier = tiers[name]
  if (tier) return tier
  throw new CodedError('not-found', `No such tier of tests: ${name}`, { hint: Object.keys(tiers).join(', ') })
}
