import { CodedError } from '@berth/stdx'
import { randomInt } from 'node:crypto'

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** A name as a person writes it, with or without the leading slash, to the bare name; throws `invalid-argument`. */
export function checkName(name: string): string {
  const bare = name.startsWith('/') ? name.slice(1) : name
  if (namePattern.test(bare)) return bare
  throw new CodedError(
    'invalid-argument',
    `Invalid container name (${bare}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
  )
}

const adjectives =
  'able agile amber ample azure bold brave bright brisk calm candid clear clever coral crisp deft eager early fair fleet fresh gentle glad golden grand happy hardy honest humble jolly keen kind lively lucid mellow merry mighty modest neat nimble noble patient placid plucky polite proud quick quiet ready robust sage serene sharp silver sleek smart solid sound spry stable steady sturdy sunny swift tidy tranquil trusty vivid warm wise witty zesty'.split(
    ' ',
  )
const ships =
  'argosy barge bark beacon bollard brig buoy canoe capstan caravel catamaran clipper cog compass coracle corvette cutter dhow dinghy dock dory estuary ferry fjord frigate galleon galley gig gondola harbor hawser helm jetty junk kayak keel ketch knot lagoon launch lighter lugger mast moor oar outrigger packet pier pilot pinnace pontoon port punt quay raft reef rigger rudder sail sampan schooner scow sextant skiff sloop spar tender tide tiller trawler trimaran tug wharf wherry windlass yacht yawl'.split(
    ' ',
  )

/** A name such as `brisk_schooner` that `isTaken` does not know; after some tries with a number behind it. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(adjectives)}_${pick(ships)}${attempt < 6 ? '' : randomInt(10 ** Math.min(attempt - 5, 9))}`
    if (!isTaken(name)) return name
  }
}

const pick = (words: readonly string[]): string => words[randomInt(words.length)] as string
