const steps: readonly (readonly [RegExp, string])[] = [
  [/No such image: (\S+)/, "Get it with 'berth pull $1'; 'berth images' lists what is here."],
  [/No such container: (\S+)/, "'berth ps --all' lists the containers there are."],
  [/No such layer/, "'berth system check --repair' mends what it can; else pull or load the image again."],
  [/No such exec instance/, 'The command has ended and its record is gone; run it again.'],
  [/network (\S+) not found/, "'berth network ls' lists the networks there are."],
  [
    /pull access denied for ([^\s,]+)/,
    "Check the name, or log in to its registry with 'berth login'; 'berth images' lists what is here.",
  ],
  [/manifest for (\S+) not found/, 'The repository has no such tag; check it for a slip of the pen.'],
  [
    /no matching manifest for (\S+)/,
    'The image is not made for this machine; another one may be, with --platform.',
  ],
  [
    /invalid reference format/,
    'A reference looks like [HOST[:PORT]/]NAME[:TAG|@DIGEST], for example alpine:3.20.',
  ],
  [
    /The container name "\/?([^"]+)" is already in use/,
    "Remove it with 'berth rm $1', or choose another with --name.",
  ],
  [
    /container is running: stop|remove a running container/,
    "Stop it first, or remove it with 'berth rm --force'.",
  ],
  [
    /port is already allocated|address already in use/,
    'Choose another host port with -p, or stop what has this one.',
  ],
  [/executable file not found/, "The image has no such program; its own is shown by 'berth image inspect'."],
  [
    /incorrect username or password/,
    'Check both; where signing in takes more than a password, use an access token instead.',
  ],
  [
    /no basic auth credentials|unauthorized/,
    "The registry wants a login: 'berth login HOST', or other credentials.",
  ],
  [
    /no space left on device/,
    "'berth system df' shows what takes the space, 'berth system prune' frees what nothing uses.",
  ],
  [/client version \S+ is too (old|new)/, 'Leave DOCKER_API_VERSION unset, so that both ends agree.'],
]

/** What to do about an error that an engine reports; undefined when nothing better is known than its words. */
export function nextStep(message: string): string | undefined {
  for (const [pattern, step] of steps) {
    const match = pattern.exec(message)
    if (match) return step.replace('$1', match[1] ?? '')
  }
  return undefined
}
