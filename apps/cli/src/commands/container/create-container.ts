import { createContainer, type EngineClient } from '@berth/client'
import { familiarReference, parseReference, withDefaultTag } from '@berth/oci'
import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import type { FlagValues } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import type { containerFlags, creationFlags } from './config/container-flags.ts'
import { createRequest } from './config/create-request.ts'
import { localError } from '../../command/local-error.ts'

export type CreationFlagValues = FlagValues<typeof containerFlags & typeof creationFlags>

export interface Creation {
  flags: CreationFlagValues
  given: ReadonlySet<string>
  image: string
  command: readonly string[]
  /** Nothing of it will be attached. */
  isDetached?: boolean
}

export interface Created {
  id: string
  request: Awaited<ReturnType<typeof createRequest>>
}

const pullChoices = ['always', 'missing', 'never', '']

/** Creates the container that the flags describe, pulling its image when it has to; warnings go to stderr. */
export async function createFromFlags(client: EngineClient, creation: Creation, io: Io): Promise<Created> {
  const { flags, image } = creation
  if (!pullChoices.includes(flags.pull)) {
    throw new CodedError(
      'invalid-argument',
      `invalid pull option: '${flags.pull}': must be one of "always", "missing" or "never"`,
    )
  }
  checkImageName(image)
  const { rows = 0, columns = 0 } = io.stdout
  await using idFile = await reserveIdFile(flags.cidfile)
  const request = await createRequest({
    ...creation,
    apiVersion: await client.apiVersion(),
    environment: io.env,
    folder: io.folder,
    consoleSize: [rows, columns],
  })
  if (flags.pull === 'always') await pull(client, creation, io)
  const create = () => createContainer(client, request, { name: flags.name, platform: platformOf(flags, io) })
  const { Id, Warnings } = await create().catch(async (error: unknown) => {
    if (!isMissingImage(error) || flags.pull === 'never') throw error
    if (!flags.quiet) io.stderr.write(`Unable to find image '${taggedName(image)}' locally\n`)
    await pull(client, creation, io)
    return create()
  })
  for (const warning of Warnings ?? []) io.stderr.write(`WARNING: ${warning}\n`)
  await idFile.write(Id)
  return { id: Id, request }
}

async function pull(client: EngineClient, { flags, image }: Creation, io: Io): Promise<void> {
  const output = flags.quiet ? undefined : io.stderr
  // Most images are here; then nothing of pulling is loaded.
  const { pullWithProgress } = await import('../image/pull-with-progress.ts')
  await pullWithProgress(client, taggedName(image), {
    platform: platformOf(flags, io),
    output,
    io,
  })
}

function platformOf({ platform }: CreationFlagValues, io: Io): string | undefined {
  return platform || io.env['DOCKER_DEFAULT_PLATFORM'] || undefined
}

function taggedName(image: string): string {
  return familiarReference(withDefaultTag(parseReference(image)))
}

/** An id is none of a name's business; a bad name is told before anything is sent. */
function checkImageName(image: string): void {
  if (!/^(sha256:)?[\da-f]{64}$/.test(image)) parseReference(image)
}

/** An id or a network may be missing too; only an image that is missing, or is for other machines, is worth a pull. */
function isMissingImage(error: unknown): boolean {
  return (
    isCoded(error, 'not-found') &&
    /no such image|does not (match|provide) the specified platform/i.test(messageOf(error))
  )
}

interface IdFile extends AsyncDisposable {
  write(id: string): Promise<void>
}

/** Taken before anything is made, and gone again when nothing was. */
async function reserveIdFile(path: string): Promise<IdFile> {
  if (path === '') return { write: async () => {}, [Symbol.asyncDispose]: async () => {} }
  if (existsSync(path)) {
    throw new CodedError(
      'already-exists',
      `container ID file found, make sure the other container isn't running or delete ${path}`,
    )
  }
  await writeFile(path, '', { flag: 'wx' }).catch((error: unknown) => {
    const why = messageOf(localError(error, `open ${path}`))
    throw new CodedError('invalid-argument', `failed to create the container ID file: ${why}`, {
      cause: error,
    })
  })
  let isWritten = false
  return {
    async write(id) {
      await writeFile(path, id)
      isWritten = true
    },
    async [Symbol.asyncDispose]() {
      if (!isWritten) await rm(path, { force: true })
    },
  }
}
