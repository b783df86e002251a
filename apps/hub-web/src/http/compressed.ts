import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip'

const compress = {
  br: (body: Uint8Array, isOnce: boolean) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: isOnce ? 11 : 4,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body: Uint8Array, isOnce: boolean) => promisify(gzip)(body, { level: isOnce ? 9 : 6 }),
}

/** Smaller ones do not get smaller. */
const sizeBytesMin = 1024

/** The best encoding that a client says it reads; undefined for none. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  const accepted = (acceptEncoding ?? '').split(',').map((part) => part.trim().toLowerCase())
  return (['br', 'gzip'] as const).find((encoding) =>
    accepted.some(
      (part) => part === encoding || (part.startsWith(`${encoding};`) && !/;\s*q=0(\.0+)?$/.test(part)),
    ),
  )
}

/** `isOnce`: made once and sent often, so that the time it takes does not matter. */
export async function compressed(
  body: Uint8Array,
  encoding: Encoding | undefined,
  { isOnce }: { isOnce: boolean },
): Promise<{ body: Uint8Array; encoding: Encoding | undefined }> {
  if (encoding === undefined || body.length < sizeBytesMin) return { body, encoding: undefined }
  return { body: await compress[encoding](body, isOnce), encoding }
}
