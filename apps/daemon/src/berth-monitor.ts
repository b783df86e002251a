import { runMonitor } from '@berth/runtime/monitor'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { 'run-directory': { type: 'string' } } })
const runDirectory = values['run-directory']
if (runDirectory === undefined) throw new Error('Usage: berth-monitor --run-directory <path>')
await runMonitor({ runDirectory, report })
process.exit()

function report(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`)
}
