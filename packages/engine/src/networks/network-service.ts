import { bind } from '../bind.ts'
import type { ContainerContext } from '../containers/container-context.ts'
import { inspectNetwork, listNetworks } from './built-in-networks.ts'

/** The network verbs over one context. */
export function networkService(context: ContainerContext) {
  return { inspect: bind(context, inspectNetwork), list: bind(context, listNetworks) }
}

export type NetworkService = ReturnType<typeof networkService>
