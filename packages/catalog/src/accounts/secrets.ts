import { createHash, randomBytes } from 'node:crypto'

/** Access tokens are known by it to people, and to programs that look for secrets in code. */
export const tokenPrefix = 'bhp_'

/** Whether text looks like an access token: it does not say that it is one. */
export const isAccessTokenSecret = (text: string): boolean => text.startsWith(tokenPrefix)

/** 256 random bits as text that URLs and headers take as it is. */
export const createSecret = (): string => randomBytes(32).toString('base64url')

/** Random secrets need no slow hash: who has the hash cannot guess them. They are found by it, in constant time. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64')
