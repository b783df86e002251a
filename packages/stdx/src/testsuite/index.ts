/** What tests of every package need of the machine, and the standard library does not give. */
export { eventually } from './eventually.ts'
export { findFreePort } from './find-free-port.ts'
export { listenOnLoopback } from './listening-server.ts'
export type { ListeningServer } from './listening-server.ts'
export { suiteStack } from './suite-stack.ts'
export { temporaryDirectory } from './temporary-directory.ts'
