import { tagImage, type EngineClient } from '@berth/client'
import { familiarName, parseReference, withDefaultTag } from '@berth/oci'
import { CodedError } from '@berth/stdx'
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
  const reference = withDefaultTag(parseReference(target))
  if (reference.tag === undefined)
    throw new CodedError('invalid-argument', 'refusing to create a tag with a digest reference')
  await tagImage(client, source, { repo: familiarName(reference), tag: reference.tag })
}
