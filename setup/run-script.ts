import { isCoded, messageOf } from '@berth/stdx'

/** Runs a script's whole work; what people can mend is told in words, anything else with its stack. */
export async function runScript(work: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    console.error(isCoded(error) ? [messageOf(error), error.hint].filter(Boolean).join('\n') : error)
    process.exitCode = 1
  }
}
