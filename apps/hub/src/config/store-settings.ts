import { readCredentialsFile, type StoreCredentials } from './credentials-file.ts'
import { RefusedSetting } from './refused-setting.ts'

/** Where a hub keeps what it serves, as command line and environment say it. */
export interface StoreSettings {
  /** A `postgres://` URL; undefined for the SQLite file of the data directory. */
  database: string | undefined
  /** Undefined for the data directory. */
  bucket: BucketSettings | undefined
}

export interface BucketSettings {
  bucket: string
  prefix: string
  endpoint: URL | undefined
  region: string | undefined
  /** Whether clients read large blobs from the object store itself. */
  isRedirecting: boolean
  credentials: StoreCredentials
}

/** Flags as they came. */
export interface StoreFlags {
  database?: string | undefined
  storage?: string | undefined
}

export function parseStoreSettings(flags: StoreFlags, environment: NodeJS.ProcessEnv): StoreSettings {
  const database = flags.database ?? environment['BERTH_HUB_DATABASE']
  if (flags.database !== undefined && passwordOf(flags.database) !== '')
    throw new RefusedSetting('--database has a password in it, which every user of the machine can see', {
      hint: 'Put the URL into BERTH_HUB_DATABASE, or the password into PGPASSWORD or ~/.pgpass.',
    })
  if (database !== undefined && !/^postgres(ql)?:\/\//.test(database))
    throw new RefusedSetting('--database is not a postgres:// URL')
  const bucket = flags.storage === undefined ? undefined : parseBucket(flags.storage, environment)
  if (database !== undefined || bucket === undefined) return { database, bucket }
  throw new RefusedSetting(
    '--storage needs --database: what is in a bucket that many share is not told by a file of one machine',
  )
}

function passwordOf(database: string): string {
  return URL.parse(database)?.password || new URLSearchParams(database.split('?')[1]).get('password') || ''
}

/** Reads `s3://bucket[/prefix][?endpoint=URL&region=NAME&redirect=true]`. */
function parseBucket(text: string, environment: NodeJS.ProcessEnv): BucketSettings {
  const url = URL.parse(text)
  if (url?.protocol !== 's3:' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname))
    throw new RefusedSetting(
      `--storage ${JSON.stringify(text.split('?')[0])} is not s3://BUCKET: the name of a bucket has 3 to 63 lower-case letters, digits, . and -`,
    )
  if (url.username !== '' || url.password !== '')
    throw new RefusedSetting('--storage has keys in it', credentialsHint)
  const { endpoint, region, redirect = 'false', ...unknown } = Object.fromEntries(url.searchParams)
  const [other] = Object.keys(unknown)
  if (other !== undefined) throw new RefusedSetting(`--storage knows no ${JSON.stringify(other)}`)
  if (redirect !== 'true' && redirect !== 'false')
    throw new RefusedSetting('redirect of --storage is neither true nor false')
  const prefix = url.pathname.replace(/^\/|\/$/g, '')
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${parsePrefix(prefix)}/`,
    endpoint: endpoint === undefined ? undefined : parseEndpoint(endpoint),
    region: region ?? environment['AWS_REGION'],
    isRedirecting: redirect === 'true',
    credentials: readCredentials(environment),
  }
}

/** Keys of objects stand in URLs as they are. */
function parsePrefix(text: string): string {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(text)) return text
  throw new RefusedSetting(
    `${JSON.stringify(text)} of --storage has characters other than letters, digits and . _ - /`,
  )
}

function parseEndpoint(text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new RefusedSetting(`endpoint of --storage ${JSON.stringify(text)} is not a URL`)
}

const credentialsHint = {
  hint: 'They are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the file that AWS_SHARED_CREDENTIALS_FILE names.',
}

/** In the order of Amazon's tools: keys themselves count more than a file. */
function readCredentials(environment: NodeJS.ProcessEnv): StoreCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] || undefined }
  const { AWS_SHARED_CREDENTIALS_FILE: path, AWS_PROFILE: profile } = environment
  if (path) return readCredentialsFile(path, profile || undefined)
  throw new RefusedSetting('--storage needs the keys of the store', credentialsHint)
}
