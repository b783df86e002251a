import { runMonitor } from '@berth/runtime/monitor'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { 'run-directory': { type: 'string' } } })
const runDirectory = values['run-directory']
if (runDirectory === undefined) throw new Error('Usage: berth-monitor --run-directory <path>')
await runMonitor({ runDirectory })
process.exit()
