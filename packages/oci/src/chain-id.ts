import { digestOf, type Digest } from './digest.ts'

/** The digest of a stack of layers, lowest first: OCI image specification, config.md, "Layer ChainID". */
export function chainId(diffIds: readonly Digest[]): Digest | undefined {
  let chain: Digest | undefined
  for (const diffId of diffIds) chain = chain === undefined ? diffId : digestOf(`${chain} ${diffId}`)
  return chain
}
