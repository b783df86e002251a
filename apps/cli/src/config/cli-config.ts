import type { AuthRequest } from '@berth/api'

/** The keys of config.json that are used here; others are for other tools and left alone. */
export interface CliConfig {
  /** The folder it came from; contexts and certificates lie beside it. */
  readonly folder: string
  readonly currentContext?: string
  readonly detachKeys?: string
  readonly psFormat?: string
  readonly imagesFormat?: string
  readonly networksFormat?: string
  readonly volumesFormat?: string
  readonly statsFormat?: string
  /** `key=value`, for every prune. */
  readonly pruneFilters?: readonly string[]
  readonly HttpHeaders?: Readonly<Record<string, string>>
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly auths?: Readonly<Record<string, AuthRequest>>
  /** Keeps all credentials, as `docker-credential-NAME`. */
  readonly credsStore?: string
  /** The same for one registry. */
  readonly credHelpers?: Readonly<Record<string, string>>
}
