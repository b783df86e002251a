import packageJson from '../../package.json' with { type: 'json' }

/** This program's version, which all its packages share. */
export const programVersion: string = packageJson.version
