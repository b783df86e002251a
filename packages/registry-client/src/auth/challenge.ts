/** What a `401` asks for: RFC 9110 section 11.6.1, and for Bearer the distribution project's token specification. */
export interface Challenge {
  scheme: 'basic' | 'bearer'
  realm?: string
  service?: string
  scope?: string
  /** `insufficient_scope` or `invalid_token` when a token was sent and did not do. */
  error?: string
}

const headerLengthMax = 8 * 1024
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
/** One element: a scheme followed by its first parameter, or a further parameter. */
const element = new RegExp(
  `\\s*(?:(${token})(?=\\s|,|$)(?!\\s*=)\\s*)?(?:(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token})))?\\s*(?:,|$)`,
  'y',
)

/** Reads a `WWW-Authenticate` header; schemes that are not known and text that is no challenge are left out. */
export function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, headerLengthMax)
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  element.lastIndex = 0
  while (element.lastIndex < text.length) {
    const match = element.exec(text)
    if (!match || match[0] === '') break
    const [, scheme, name, quoted, plain] = match
    if (scheme) found.push({ scheme: scheme.toLowerCase(), parameters: {} })
    if (name)
      Object.assign(found.at(-1)?.parameters ?? {}, {
        [name.toLowerCase()]: quoted?.replace(/\\(.)/g, '$1') ?? plain,
      })
  }
  return found.flatMap(({ scheme, parameters }) =>
    scheme === 'basic' || scheme === 'bearer' ? [{ ...parameters, scheme }] : [],
  )
}

/** Bearer before Basic, as registries that offer both mean it. */
export function chooseChallenge(header: string | undefined): Challenge | undefined {
  const challenges = parseChallenges(header ?? '')
  return (
    challenges.find((challenge) => challenge.scheme === 'bearer' && challenge.realm) ??
    challenges.find(({ scheme }) => scheme === 'basic')
  )
}
