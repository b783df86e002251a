import type { ServerResponse } from 'node:http'
import { apiVersion as newest, apiVersionFloor, compareVersions } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { Route } from '../server/route.ts'

export interface ServerInfo {
  /** Of the product, for the `Server` header. */
  version: string
  isExperimental: boolean
}

/** Takes the version off a path: `/v1.41/info` is `/info` in 1.41; without one the newest is meant. */
export function splitVersion(path: string): { apiVersion: string; path: string } {
  const match = /^\/v([0-9.]+)(\/.*)$/.exec(path)
  return { apiVersion: match?.[1] ?? newest, path: match?.[2] ?? path }
}

/** What every routed reply carries, spelled as scripts look for it. */
export function setVersionHeaders(response: ServerResponse, info: ServerInfo): void {
  response.setHeader('Api-Version', newest)
  response.setHeader('Docker-Experimental', String(info.isExperimental))
  response.setHeader('Ostype', 'linux')
  response.setHeader('Server', `Berth/${info.version} (linux)`)
}

/** Throws `invalid-argument` in Docker's words for a version that is not spoken, or that lacks the route. */
export function checkVersion(apiVersion: string, route: Route): void {
  if (compareVersions(apiVersion, newest) > 0) {
    throw invalid(`client version ${apiVersion} is too new. Maximum supported API version is ${newest}`)
  }
  if (compareVersions(apiVersion, apiVersionFloor) < 0) {
    throw invalid(
      `client version ${apiVersion} is too old. Minimum supported API version is ${apiVersionFloor}, please upgrade your client to a newer version`,
    )
  }
  if (route.since !== undefined && compareVersions(apiVersion, route.since) < 0) {
    throw invalid(`${route.method} ${route.path} requires minimum API version ${route.since}`)
  }
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
