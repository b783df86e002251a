import { digestHex, type Digest } from '@berth/oci'

/** The first 12 digits, as progress names layers. */
export const shortDigest = (digest: Digest): string => digestHex(digest).slice(0, 12)
