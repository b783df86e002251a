import type { RuntimeFeatures } from '../runtimes/runtime-features.ts'
import type { SpecPlatform } from './spec-platform.ts'

/** The machine and the runtime that a spec is made for. */
export interface SpecTarget {
  platform: SpecPlatform
  features: RuntimeFeatures
}
