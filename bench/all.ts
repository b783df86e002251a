import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Each in a process of its own, so that none inherits the other's garbage. Options go to all. */
const scripts = [
  'start.ts',
  'run.ts',
  'idle-memory.ts',
  'images.ts',
  'pull.ts',
  'push.ts',
  'copy.ts',
  'registry.ts',
  'pull-limit.ts',
  'hub-accounts.ts',
  'search.ts',
  'brute-force.ts',
  'pages.ts',
]

for (const script of scripts) {
  console.log(`\n## ${script}\n`)
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) process.exitCode = code ?? 1
}
