export type * from './monitor-api.ts'
export { connectMonitor } from './monitor-client/connect-monitor.ts'
export type { ConnectMonitorOptions } from './monitor-client/connect-monitor.ts'
