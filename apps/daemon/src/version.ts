import manifest from '../package.json' with { type: 'json' }

/** Of the whole project: its packages share one. */
export const version: string = manifest.version
