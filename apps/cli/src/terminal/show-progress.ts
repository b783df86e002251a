import type { JsonMessage } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { Output } from '../command/io.ts'
import { ProgressDisplay } from './progress-display.ts'

/** Shows messages as they come, undefined shows none. Throws what the engine reports in one of them. */
export async function showProgress(
  messages: AsyncIterable<JsonMessage>,
  output: Output | undefined,
): Promise<void> {
  const display = output && new ProgressDisplay(output)
  for await (const message of messages) {
    const { message: failure = message.error, hint } = message.errorDetail ?? {}
    if (failure !== undefined) throw new CodedError('internal', failure, hint === undefined ? {} : { hint })
    // Results for programs; people are told in words beside them.
    if (message.aux === undefined) display?.show(message)
  }
}
