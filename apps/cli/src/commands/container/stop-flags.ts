import { integerFlag, stringFlag } from '../../command/flag.ts'

/** Of the commands that end a container. */
export const stopFlags = {
  signal: stringFlag('Signal to send to the container', { shorthand: 's' }),
  time: integerFlag('Seconds to wait before killing the container (deprecated: use --timeout)', {
    isHidden: true,
  }),
  timeout: integerFlag('Seconds to wait before killing the container', { shorthand: 't' }),
}

interface GivenStopFlags {
  flags: { signal: string; time: number; timeout: number }
  given: ReadonlySet<string>
}

/** What is not given is the container's own to say. */
export function stopOptions({ flags, given }: GivenStopFlags) {
  const timeout = given.has('timeout') ? flags.timeout : given.has('time') ? flags.time : undefined
  return { timeout, stopSignal: flags.signal || undefined }
}
