import { CodedError } from '@berth/stdx'
import { mapFlag, stringFlag } from '../../command/flag.ts'

/** What a context can be given. */
export const endpointFlags = {
  description: stringFlag('Description of the context'),
  docker: {
    ...mapFlag('set the docker endpoint'),
    kind: 'stringToString',
    defaultText: '[]',
    parse(text: string, previous: Readonly<Record<string, string>>) {
      return { ...previous, ...Object.fromEntries(text.split(',').map(parsePair)) }
    },
  },
}

/** Help of the keys of `--docker`. */
export const endpointDetails = `Docker endpoint config:

NAME                DESCRIPTION
from                Copy named context's Docker endpoint configuration
host                Docker endpoint on which to connect
ca                  Trust certs signed only by this CA
cert                Path to TLS certificate file
key                 Path to TLS key file
skip-tls-verify     Skip TLS certificate validation

Example:

$ berth context create my-context --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"`

function parsePair(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 0) throw new CodedError('invalid-argument', `${text} must be formatted as key=value`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
