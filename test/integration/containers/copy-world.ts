import { packTar, type TarMember } from '@berth/layer'
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { runProgram } from '../../fixtures/program.ts'
import { containerFiles, localFiles } from './copy-cases.ts'

/** One client on one engine, with a container and a folder. */
export interface CopyWorld {
  /** Before the words of a line: program and engine. */
  client: readonly string[]
  container: string
  folder: string
}

const when = 1_700_000_000

/** The container's files, in a folder of its own for each line, as a tar for `import`. */
export async function worldTar(lines: number, busybox: Uint8Array): Promise<Buffer> {
  const system: TarMember[] = [
    { name: 'bin/busybox', body: busybox, mode: 0o755 },
    ...['sh', 'sleep', 'find', 'stat', 'cat', 'md5sum', 'readlink'].map((name): TarMember => ({
      name: `bin/${name}`,
      type: 'symlink',
      linkName: 'busybox',
    })),
    { name: 'etc/passwd', body: 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' },
    { name: 'tmp/', type: 'directory', mode: 0o1777 },
  ]
  const folders = Array.from({ length: lines }, (_, line) => folderMembers(`w/${line}`))
  return Buffer.concat(await Array.fromAsync(packTar([...system, ...folders.flat()])))
}

function folderMembers(folder: string): TarMember[] {
  const bytes = (text: string) => Buffer.from(text).toString('latin1')
  return [
    { name: `${folder}/`, type: 'directory', mtimeSeconds: when },
    ...Object.entries(containerFiles).map(([path, file]): TarMember => {
      const uid = 'uid' in file ? file.uid : 0
      const common = { name: bytes(`${folder}/${path}`), uid, gid: uid, mtimeSeconds: when }
      if ('link' in file)
        return { ...common, type: 'symlink', linkName: file.link.replace('{}', `/${folder}`) }
      if ('hardLink' in file) return { ...common, type: 'link', linkName: `${folder}/${file.hardLink}` }
      if ('content' in file) return { ...common, body: file.content, mode: file.mode ?? 0o644 }
      return { ...common, type: 'directory', mode: file.mode }
    }),
  ]
}

/** The folder that a line is run in. */
function makeLocalFiles(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [path, file] of Object.entries(localFiles)) {
    const place = join(folder, path)
    if ('link' in file) symlinkSync(file.link, place)
    else if ('hardLink' in file) linkSync(join(folder, file.hardLink), place)
    else if (path.endsWith('/')) mkdirSync(place)
    else writeFileSync(place, 'content' in file ? file.content : '')
    if ('uid' in file && file.uid !== undefined) chownSync(place, file.uid, file.uid)
    if ('mode' in file && file.mode !== undefined) chmodSync(place, file.mode)
    if (!('link' in file)) utimesSync(place, when, when)
  }
}

const stdins: Readonly<Record<string, () => Promise<Buffer>>> = {
  tar: () => streamedArchive(),
  gzip: async () => gzipSync(await streamedArchive()),
}

async function streamedArchive(): Promise<Buffer> {
  const members: TarMember[] = [
    { name: 'streamed/', type: 'directory', mode: 0o711, uid: 5, gid: 6, mtimeSeconds: when },
    { name: 'streamed/file', body: 'from a stream', uid: 7, gid: 8, mtimeSeconds: when },
    { name: 'streamed/link', type: 'symlink', linkName: 'file', mtimeSeconds: when },
    { name: 'implied/file', body: 'x', mtimeSeconds: when },
    { name: 'file', body: 'replaced', mode: 0o600, mtimeSeconds: when },
  ]
  return Buffer.concat(await Array.fromAsync(packTar(members)))
}

export interface Said {
  exitCode: number
  stdout: string
  /** Its first line. */
  stderr: string
}

/** Runs one line; what is said is freed of what cannot be the same on another engine. */
export async function runLine(world: CopyWorld, line: string, index: number): Promise<Said> {
  const { client, container, folder } = world
  const [command = '', stdin] = line.split(' < ')
  const place = join(folder, String(index))
  makeLocalFiles(place)
  const words = command
    .split(' ')
    .map((word) => word.replace(/^C:(?=[^/])/, `C:/w/${index}/`).replace(/^C:/, `${container}:`))
  const [input, output] = [
    join(`${folder}-streams`, `${index}.in`),
    join(`${folder}-streams`, `${index}.out`),
  ]
  mkdirSync(`${folder}-streams`, { recursive: true })
  writeFileSync(input, (await stdins[stdin ?? '']?.()) ?? '')
  const script = 'cd "$0" && exec "$@" < "$IN" > "$OUT"'
  const env = { IN: input, OUT: output }
  const { exitCode, stderr } = await runProgram(['sh', '-c', script, place, ...client, ...words], { env })
  const said = (text: string) => text.replaceAll(place, 'HERE').replaceAll(container, 'C')
  const isArchive = exitCode === 0 && command.endsWith(' -')
  const stdout = isArchive ? await listTar(output) : readFileSync(output, 'utf8')
  return { exitCode, stdout: said(stdout), stderr: said(comparable(stderr)) }
}

/** Docker's old engine runs a program to unpack, tells host paths, and its client logs; ours says what to do next. */
function comparable(stderr: string): string {
  const [line = ''] = stderr.split('\n').filter((it) => !it.startsWith('time="'))
  return line
    .replaceAll('docker', 'berth')
    .replace('Error processing tar file(exit status 1): ', '')
    .replace(/lstat \/\S+\/merged\//, 'lstat /')
    .replace('pathcannot', 'path cannot')
}

/** Names, types, modes, owners, sizes, times and targets, as GNU tar reads them. */
async function listTar(path: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram([
    'tar',
    '--numeric-owner',
    '--full-time',
    '-tvf',
    path,
  ])
  assert.equal(exitCode, 0, stderr)
  return stdout
}

/** All that is below a folder here, one line each. */
export function listLocal(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const place = join(folder, path)
      const stats = lstatSync(place)
      const owner = `${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid}`
      if (stats.isSymbolicLink()) return `${path} -> ${readlinkSync(place)}`
      if (stats.isDirectory()) return `${path}/ ${owner}`
      return `${path} ${owner} ${stats.mtimeMs} ${stats.nlink} ${readFileSync(place, 'utf8')}`
    })
}

const listing = `find /w | while IFS= read -r f; do
  if [ -L "$f" ]; then echo "$f -> $(readlink "$f")"
  elif [ -d "$f" ]; then echo "$f/ $(stat -c '%a %u:%g' "$f")"
  else echo "$f $(stat -c '%a %u:%g %Y %h' "$f") $(md5sum < "$f")"; fi; done`

/** All that is below the container's folders, one line each, as a process in it sees it. */
export async function listContainer({ client, container }: CopyWorld): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runProgram([...client, 'exec', container, 'sh', '-c', listing])
  assert.equal(exitCode, 0, stderr)
  return stdout.split('\n').sort()
}
