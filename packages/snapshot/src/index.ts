export { chooseSnapshotter, probeSnapshotter } from './choose-snapshotter.ts'
export type { ChooseSnapshotterOptions, SnapshotterChoice } from './choose-snapshotter.ts'
export { snapshotSteps } from './failpoint.ts'
export { openErofsSnapshotter, openOverlaySnapshotter } from './open-snapshotter.ts'
export type { SnapshotterOptions } from './open-snapshotter.ts'
export type {
  LayerFormat,
  LayerInfo,
  SnapshotInfo,
  Snapshotter,
  StagedLayer,
  TreeView,
} from './snapshotter.ts'
