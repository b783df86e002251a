import { enableCompileCache } from 'node:module'

enableCompileCache()

// A reader that has seen enough (`berth logs x | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const { main } = await import('./command/main.ts')
const { processSurroundings } = await import('./command/process-surroundings.ts')
// Open connections and a terminal's stdin would keep the process alive after the command is done.
process.exit(await main(process.argv.slice(2), processSurroundings))
