import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const run = promisify(argon2)

/** OWASP "Password Storage Cheat Sheet": argon2id with 19 MiB, two passes, one lane. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1 }
const hashBytes = 32
const saltBytes = 16

const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]{1,200})\$([\w+/]{1,200})$/

/** In PHC string format, with all that is needed to compare. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const { memory, passes, parallelism } = parameters
  const hash = await run('argon2id', { message: password, nonce: salt, tagLength: hashBytes, ...parameters })
  const encoded = [salt, hash].map((bytes) => bytes.toString('base64').replace(/=+$/, '')).join('$')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encoded}`
}

/** False also for a hash of another form. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', expected = ''] = phcPattern.exec(hash) ?? []
  if (memory === undefined) return false
  const tag = Buffer.from(expected, 'base64')
  const actual = await run('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: tag.length,
  })
  return timingSafeEqual(actual, tag)
}
