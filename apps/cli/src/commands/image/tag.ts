import { tagImage, type EngineClient } from '@berth/client'
import { familiarName, parseReference, withDefaultTag, type Reference } from '@berth/oci'
import { CodedError, isCoded } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'

export const definition = defineCommand({
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  positional: { min: 2, max: 2 },
  flags: {},
})

export async function run(
  client: EngineClient,
  { positional: [source = '', target = ''] }: Arguments<typeof definition>,
): Promise<void> {
  if (!isId(source)) parseName(source)
  const reference = withDefaultTag(parseName(target))
  if (reference.tag === undefined)
    throw new CodedError('invalid-argument', 'refusing to create a tag with a digest reference')
  await tagImage(client, source, { repo: familiarName(reference), tag: reference.tag })
}

const isId = (name: string): boolean => /^(sha256:)?[a-f0-9]+$/.test(name)

function parseName(name: string): Reference {
  try {
    return parseReference(name)
  } catch (error) {
    if (!isCoded(error)) throw error
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    const text = `Error parsing reference: ${JSON.stringify(name)} is not a valid repository/tag: ${error.message}`
    throw new CodedError(error.code, text, { cause: error, ...hint })
  }
}
