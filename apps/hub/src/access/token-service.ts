import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TokenAccess } from '@berth/registry-server'
import { readGivenFile } from '../config/given-file.ts'
import type { HubAccessOptions } from './hub-access.ts'

/** Where tokens are got. */
const tokenPath = '/auth/token'

const service = 'berth-hub'

/** Options of the token service that are the same for all accounts. */
export async function tokenOptions(
  { tokenKeyFile }: { tokenKeyFile: string | undefined },
  { database, origin, logger }: HubAccessOptions,
) {
  return {
    ...(tokenKeyFile !== undefined && {
      signingKey: await readGivenFile({ flag: '--token-key', path: tokenKeyFile }),
    }),
    database,
    service,
    realm: (headers: IncomingMessage['headers']) => `${origin.of(headers)}${tokenPath}`,
    logger,
  }
}

/** Answers a request for a token; false for any other. */
export async function answerToken(
  tokens: TokenAccess,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { url } = request
  if (url !== tokenPath && url?.startsWith(`${tokenPath}?`) !== true) return false
  await tokens.handle(request, response)
  return true
}
