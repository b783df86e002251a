import { homedir } from 'node:os'
import { join } from 'node:path'
import { listFlag, stringFlag, switchFlag, type FlagValues } from './flag.ts'

/** What comes before the command. `configFolder` is where config.json is unless --config says otherwise. */
export function globalFlags(configFolder: string) {
  return {
    config: stringFlag('Location of client config files', { initial: configFolder }),
    context: stringFlag('Name of the context to use to connect to the engine (overrides DOCKER_HOST)', {
      shorthand: 'c',
    }),
    debug: switchFlag('Show where an error came from', { shorthand: 'D' }),
    host: listFlag('Engine socket to connect to', { shorthand: 'H' }),
    'log-level': stringFlag('Set the logging level ("debug", "info", "warn", "error", "fatal")', {
      shorthand: 'l',
      initial: 'info',
    }),
    tls: switchFlag('Use TLS; implied by --tlsverify'),
    tlscacert: stringFlag('Trust certs signed only by this CA (default ca.pem of the config folder)'),
    tlscert: stringFlag('Path to TLS certificate file (default cert.pem of the config folder)'),
    tlskey: stringFlag('Path to TLS key file (default key.pem of the config folder)'),
    tlsverify: switchFlag('Use TLS and verify the remote'),
    version: switchFlag('Print version information and quit', { shorthand: 'v' }),
  }
}

/** Where Docker's tools keep their configuration. */
export function defaultConfigFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env['DOCKER_CONFIG'] || join(homedir(), '.docker')
}

export type GlobalFlagValues = FlagValues<ReturnType<typeof globalFlags>>
