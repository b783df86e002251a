/** What each program is made of: itself, and the modules it starts as processes or threads of their own. */
export const programs: Readonly<Record<string, readonly string[]>> = {
  berth: ['apps/cli/src/berth.ts'],
  berthd: [
    'apps/daemon/src/berthd.ts',
    'apps/daemon/src/berth-monitor.ts',
    'packages/layer/src/decompress/decoder-thread.main.ts',
    'packages/layer/src/threads/layer-thread.main.ts',
  ],
  'berth-hub': ['apps/hub/src/berth-hub.ts'],
}
