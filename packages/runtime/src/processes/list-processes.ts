import { CodedError, messageOf, systemCode } from '@berth/stdx'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface ProcessTable {
  titles: string[]
  rows: string[][]
}

const run = promisify(execFile)
const timeoutMs = 10_000
const outputBytesMax = 16 * 1024 * 1024

/**
 * The host's ps(1) with `psArgs`, only the rows of `pids`. The container is never entered: nothing of its image runs.
 * Throws `invalid-argument` for arguments that ps refuses, or that leave out the PID.
 */
export async function listProcesses(
  pids: readonly number[],
  psArgs: readonly string[],
): Promise<ProcessTable> {
  return selectRows(await runPs(psArgs), pids)
}

async function runPs(psArgs: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('ps', psArgs, { timeout: timeoutMs, maxBuffer: outputBytesMax })
    return stdout
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new CodedError('unavailable', 'Cannot list processes: ps is not installed on the host', {
        cause: error,
        hint: 'Install procps.',
      })
    }
    const { stderr } = error as { stderr?: string }
    const reason = stderr?.trim().split('\n')[0] || messageOf(error)
    throw new CodedError('invalid-argument', `error running ps: ${reason}`, { cause: error })
  }
}

/** ps pads its columns; the last one may hold spaces. */
export function selectRows(output: string, pids: readonly number[]): ProcessTable {
  const [header = '', ...lines] = output.split('\n').filter((line) => line.trim() !== '')
  const titles = header.trim().split(/\s+/)
  const pidColumn = titles.indexOf('PID')
  if (pidColumn < 0) throw new CodedError('invalid-argument', "Couldn't find PID field in ps output")
  const wanted = new Set(pids)
  const rows = lines
    .map((line) => columnsOf(line, titles.length))
    .filter((row) => wanted.has(Number(row[pidColumn])))
  return { titles, rows }
}

function columnsOf(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/)
  return [...words.slice(0, count - 1), words.slice(count - 1).join(' ')]
}
