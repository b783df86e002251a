import type { CommandName } from './command-flags.ts'

/** What `berth-hub --help` shows, or `berth-hub COMMAND --help`. */
export function usageOf(name: CommandName | undefined): string {
  return name === undefined ? overview : usages[name]
}

const overview = `Usage: berth-hub COMMAND [OPTIONS]

A registry: it keeps images and gives them to any OCI client.

Commands:
  serve   Serve the registry over HTTP until stopped
  mirror  Serve copies of other registries' images, fetched when they are asked for
  seed    Put the hello-world image into the store (again is fine)
  gc      Free what no manifest names any more (serve does it every hour)
  admin   Make accounts and administrators, set passwords and plans
  config  Show an example of a configuration file

Options:
  --help      Show this text; berth-hub COMMAND --help shows the options of a command
  --version   Show the version

An engine started with --registry-mirror http://HOST:PORT asks this registry for Docker Hub's images first.
`

const configOption = `\
  --config FILE        Settings with the names of these options, YAML or JSON. What is not said here is taken from the
                       environment (BERTH_HUB_LISTEN, BERTH_HUB_PUBLIC_URL, …), then from this file
`

/** Of commands that work on what a hub keeps. */
const placeOptions = `\
  --data DIR           Where the hub keeps everything (default /var/lib/berth-hub)
  --database URL       Where it keeps the tables instead, also BERTH_HUB_DATABASE: postgres://user@host/name
  --storage URL        Where it keeps the bytes instead, as in berth-hub serve --help
  --config FILE        The file that the hub is started with: what of the above it says counts here, too
`

const serveOptions = `\
  --listen HOST:PORT   Address to listen on; port 0 takes a free one (default 127.0.0.1:5000)
  --data DIR           Where everything is kept (default /var/lib/berth-hub)
  --database URL       Where the tables are kept instead, also BERTH_HUB_DATABASE: postgres://user@host/name
  --storage URL        Where the bytes are kept instead, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:
                       s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&redirect=true]; needs --database. With
                       redirect, clients read large blobs from there themselves
  --log-level LEVEL    trace, debug, info, warn, error or fatal (default info)
${configOption}\
  --validate           Only say whether all this could be served
  --metrics HOST:PORT  Serve Prometheus metrics there
  --workers N          Processes that answer (default: one a core)
  --client-connections N    Connections from one address (default 1000); a proxy before this needs more
  --policies FILE      Quotas and tags that may not change:
                       [{"repositories": "team/*", "quota": "50G", "immutableTags": ["v*"]}]
  --tls-cert FILE      Certificate chain, PEM; with --tls-key the registry is served over HTTPS
  --tls-key FILE       Its key, PEM
  --public-url URL     Where clients reach this, when that is not the name they call it by: behind a proxy. Tokens,
                       pages and webhooks name it; open access has none of them
  --trusted-proxy NETWORK   Believe X-Forwarded-For of proxies there; can be given again
`

const accessOptions = `\
  --access KIND        accounts (default): people sign up, and push to repositories of theirs; htpasswd; open:
                       everyone may do everything (default of mirror)
  --token-key FILE     Signs tokens, so that other registries can take them: PEM, P-256 (default: keys of its own)
  --public PATTERN     Others may pull these repositories (htpasswd), or these of upstreams (accounts), for example
                       'library/*'; can be given again
  With accounts:
  --sign-up MODE            open (default): everyone may make an account; closed: 'berth-hub admin create' does
  --api-limit N             API requests a minute, by address and by account (default 600)
  --pull-limit N            Manifests that an account may read in six hours (default: no limit)
  --anonymous-pull-limit N  The same for an address without account (default: no limit)
  --webhook-allow NETWORK   Webhooks may go there though it is not public, for example 10.0.0.0/8; can be given again
  With htpasswd:
  --htpasswd FILE      Accounts from a file, as 'htpasswd -B' writes it: they may do everything, others nothing
  --auth-scheme SCHEME token (default): clients get a token with their password; basic: they send it each time

Limits are counted on each machine by itself, for all its processes: two replicas let through twice as much.
`

const mirrorOptions = `\
  --upstream [NAME=]URL     A registry to mirror: docker.io, ghcr.io, https://host[:port]; can be given again. Its
                            repositories are NAME/… here. mirror takes the first for requests that name none
  --upstream-host HOST=NAME Requests to this host are for that upstream; can be given again
  --upstream-auth FILE      A config.json of docker login, for upstreams that want to know who asks
  --upstream-rate [NAME=]N  Requests a minute to every upstream, or to one (default: any number)
  --upstream-bandwidth [NAME=]SIZE  Bytes a second of blobs (default: as fast as they come)
  --upstream-concurrency [NAME=]N   Blobs, and other requests, at a time (default 16 of each)
  --tag-ttl DURATION        How long a tag is believed before upstream is asked again (default 5m)
  --cache-size SIZE         Keep at most so much of upstreams' blobs, for example 50G (default: all)
  --pin PATTERN             Never drop blobs of these repositories for that, for example 'docker.io/library/*'; can be
                            given again
`

const usages: Readonly<Record<CommandName, string>> = {
  serve: `Usage: berth-hub serve [OPTIONS]

Serves the registry over HTTP until stopped; with --upstream, copies of other registries' images besides.

Options:
${serveOptions}
Who may do what:
${accessOptions}
Mirrored registries:
${mirrorOptions}`,
  mirror: `Usage: berth-hub mirror --upstream [NAME=]URL [OPTIONS]

Serves copies of other registries' images, fetched when they are asked for, until stopped.

Mirrored registries:
${mirrorOptions}
Options:
${serveOptions}
Who may do what:
${accessOptions}`,
  seed: `Usage: berth-hub seed [OPTIONS]

Puts the hello-world image into the store; again is fine, also while the hub serves.

Options:
${placeOptions}\
  --name NAME[:TAG]    What the image is called (default library/hello-world:latest)
`,
  gc: `Usage: berth-hub gc [OPTIONS]

Frees what no manifest names any more, also while the hub serves, which does it every hour by itself.

Options:
${placeOptions}\
  --dry-run            Only say what would be deleted and freed
  --policies FILE      Delete what the "retention" of these policies lets go, too
  --grace DURATION     Keep what was used within, for example 90m (default 75m); shorter than pushes take loses them
`,
  admin: `Usage: berth-hub admin ACTION [OPTIONS]

Changes the accounts of a hub, also while it serves.

Actions:
  create --name NAME --email ADDRESS [--password-stdin]
                             An administrator; with a password that is shown once, unless it is read
  password NAME [--password-stdin]    Another password
  promote NAME, demote NAME  Make an account an administrator, or one no more
  disable NAME, enable NAME  Keep an account out, with its tokens and logins, or let it in again
  plan NAME PLAN             personal, pro, team or business, for an account or an organization
  list                       All accounts

Options:
${placeOptions}`,
  config: `Usage: berth-hub config

Shows an example of a configuration file, with every setting of serve and mirror.
`,
}
