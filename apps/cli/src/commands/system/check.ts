import { formatSize, type CheckProblem, type CheckSummary } from '@berth/api'
import { checkSystem, type EngineClient } from '@berth/client'
import { CodedError, isCoded } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'

export const definition = defineCommand({
  usage: '[OPTIONS]',
  positional: { min: 0, max: 0 },
  flags: { repair: switchFlag('Mend what is broken where it can be had again') },
})

/** The status is 1 when something is broken and stays so. */
export async function run(
  client: EngineClient,
  { flags }: Arguments<typeof definition>,
  io: Io,
): Promise<number> {
  let left = 0
  try {
    for await (const message of checkSystem(client, { repair: flags.repair })) {
      if (message.Type === 'summary') {
        io.stdout.write(formatSummary(message))
        left = message.Problems - message.Mended
      } else io.stdout.write(formatProblem(message))
    }
  } catch (error) {
    throw isCoded(error, 'not-found') ? onlyOurs(io.host, error) : error
  }
  if (left > 0) io.stderr.write(`${nextStep(flags.repair)}\n`)
  return left > 0 ? 1 : 0
}

function nextStep(isRepaired: boolean): string {
  return isRepaired
    ? 'Pull, load or build the images again that need what is lost.'
    : "Mend it with 'berth system check --repair'."
}

function onlyOurs(host: string, cause: unknown): CodedError {
  return new CodedError(
    'not-implemented',
    `Cannot check ${host}: the engine there is another one than berthd`,
    {
      cause,
    },
  )
}

function formatProblem({ Type, Digest, Problem, Outcome, Message, Images }: CheckProblem): string {
  const outcome = Outcome === 'found' ? '' : `, ${Outcome}`
  const needed = Images.length === 0 ? 'no image needs it' : `needed by ${Images.join(', ')}`
  return `${Type} ${Digest}: ${Problem}${outcome}: ${Message} (${needed})\n`
}

function formatSummary({ Blobs, Layers, Bytes, Problems, Mended, Lost }: CheckSummary): string {
  const found = Problems === 0 ? 'nothing is wrong' : `${Problems} wrong, ${Mended} mended, ${Lost} lost`
  return `Checked ${Blobs} blobs and ${Layers} layers, ${formatSize(Bytes)}: ${found}\n`
}
